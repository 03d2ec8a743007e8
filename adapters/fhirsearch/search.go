package fhirsearch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/definition"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// found is what a search brought: the pages that came whole, and why not all did.
type found struct {
	pages   [][]byte
	matches int
	failure *Failure // nil when all came
	// cut says that a limit of ours ended the search.
	cut bool
}

// search makes one search with all its pages, for the patient that the parameter names.
func (s *session) search(ctx context.Context, what definition.Search, name, value string) found {
	ctx, cancel := context.WithTimeout(ctx, s.definition.Limits.SearchTimeout)
	defer cancel()
	w := &walk{session: s, seen: map[string]bool{}, visited: map[string]bool{}, total: -1}
	w.all(ctx, s.first(what, name, value))
	return w.found
}

// first is the call of a search's first page.
func (s *session) first(what definition.Search, name, value string) exchange {
	form := url.Values{name: {value}, "_count": {strconv.Itoa(s.definition.FHIR.PageSize)}}
	for _, include := range what.Include {
		form.Add("_include", include)
	}
	for _, include := range what.IncludeIterate {
		form.Add(s.iterate(), include)
	}
	for _, parameter := range what.Parameters {
		key, value, _ := strings.Cut(parameter, "=")
		form.Add(key, value)
	}
	if s.accept() == fhirXML {
		form.Set("_format", "xml") // many go by it rather than by Accept
	}
	if s.definition.FHIR.Method == "post" {
		return exchange{method: http.MethodPost, url: s.base.JoinPath(what.Type, "_search"), body: form.Encode(), accept: s.accept()}
	}
	u := s.base.JoinPath(what.Type)
	u.RawQuery = form.Encode()
	return exchange{method: http.MethodGet, url: u, accept: s.accept()}
}

func (s *session) iterate() string {
	if s.definition.FHIR.Version == "STU3" {
		return "_include:recurse"
	}
	return "_include:iterate"
}

// walk goes from page to page.
type walk struct {
	*session
	found   found
	seen    map[string]bool // names of the matches that came
	visited map[string]bool // addresses of the pages that came
	total   int
}

func (w *walk) all(ctx context.Context, next exchange) {
	for {
		p, ok := w.one(ctx, next)
		if !ok {
			return
		}
		following, more := w.next(p, next.url)
		if !more {
			w.checkTotal()
			return
		}
		if len(w.found.pages) >= w.definition.Limits.MaxPages {
			w.found.cut = true
			w.fail(invalid(lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, "the region's answer has more pages than are read"))
			return
		}
		next = following
	}
}

// fail ends the walk; the pages that came stay.
func (w *walk) fail(f *Failure) { w.found.failure = f }

// one gets a page, and keeps it if it brings anything new.
func (w *walk) one(ctx context.Context, c exchange) (page, bool) {
	came, failure := w.do(ctx, c)
	if failure != nil {
		w.fail(failure)
		return page{}, false
	}
	p, err := parsePage(came.body)
	switch {
	case errors.Is(err, errLinks):
		w.keep(p)
		w.fail(invalid(lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, err.Error()))
		return p, false
	case err != nil:
		w.fail(malformed(err.Error()))
		return p, false
	case w.repeats(p):
		w.fail(invalid(lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, "the region's pages repeat without end"))
		return p, false
	}
	w.keep(p)
	return p, true
}

func (w *walk) keep(p page) {
	w.found.pages = append(w.found.pages, p.body)
	w.found.matches += p.count
	w.total = max(w.total, p.total)
	for _, name := range p.matches {
		w.seen[name] = true
	}
}

// repeats says that a further page has matches, and none that did not come before.
func (w *walk) repeats(p page) bool {
	if len(w.found.pages) == 0 || len(p.matches) == 0 {
		return false
	}
	for _, name := range p.matches {
		if !w.seen[name] {
			return false
		}
	}
	return true
}

// next is the call of the page after p. A link to the page itself and an empty page are
// how regions end that always send a next link. A page of failures only is not empty:
// an exchange puts them in the place of what it left out.
func (w *walk) next(p page, at *url.URL) (exchange, bool) {
	if p.next == "" || p.entries == 0 {
		return exchange{}, false
	}
	u, err := at.Parse(p.next)
	if err != nil || !w.ours(u) {
		w.fail(invalid(lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, "the region's next page is at an address that is not the region's"))
		return exchange{}, false
	}
	w.visited[canonical(at)] = true
	if self, err := at.Parse(p.self); err == nil && p.self != "" {
		if canonical(self) == canonical(u) {
			return exchange{}, false
		}
		w.visited[canonical(self)] = true
	}
	if w.visited[canonical(u)] {
		w.checkLoop(u, at)
		return exchange{}, false
	}
	return exchange{method: http.MethodGet, url: u, accept: w.accept()}, true
}

// checkLoop lets a link to the page itself pass as an end, and one to an earlier page where
// everything that was counted came; otherwise it is unknown whether more would have come.
func (w *walk) checkLoop(u, at *url.URL) {
	whole := w.definition.FHIR.TotalCountsMatches && w.total == w.found.matches
	if !whole && canonical(u) != canonical(at) {
		w.fail(invalid(lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, "the region's pages lead back to one that came before"))
	}
}

// checkTotal notices that fewer matches came than the region counted.
func (w *walk) checkTotal() {
	if w.found.failure == nil && w.definition.FHIR.TotalCountsMatches && w.total > w.found.matches {
		w.fail(invalid(lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, "the region counted more results than it sent"))
	}
}

// canonical writes an address so that different escapes of one address are the same.
func canonical(u *url.URL) string { return u.Path + "?" + u.Query().Encode() }
