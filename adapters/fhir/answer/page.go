package answer

import "github.com/openlhcr/openlhcr/adapters/fhir/model"

// Unfollowed is a search, or another bundle of several pages, that is not whole.
type Unfollowed struct {
	// Page is the last of its pages that came.
	Page int
	// Next says that this page names a next one, which did not come.
	Next bool
	// Total is how many matches the search says that it has, 0 when it does not say,
	// and Came how many of them came.
	Total, Came int
}

// Unfollowed are the searches of which pages are missing: the last page that came names
// a next one, or fewer matches came than the search says that it has. Pages belong
// together when one names as next what another names as its own address; where a region
// words these differently, its adapter knows better what it followed.
func (a *Answer) Unfollowed() []Unfollowed { return a.unfollowed }

// sheet is one page of a search.
type sheet struct {
	page, total, matches int
	self, next           string
}

func newSheet(page int, b *model.Bundle) *sheet {
	s := &sheet{page: page, self: b.OwnPage(), next: b.NextPage()}
	if b.Type == "searchset" || b.Type == "history" || b.Type == "" {
		if n, ok := b.Total.Int(); ok {
			s.total = int(n)
		}
	}
	for i := range b.Entry {
		if isMatch(&b.Entry[i]) {
			s.matches++
		}
	}
	return s
}

// isMatch reports an entry that counts in a search's total, which resources that only
// came along do not.
func isMatch(e *model.BundleEntry) bool {
	if _, failure := e.Resource.Resource.(*model.OperationOutcome); failure || e.Resource.Resource == nil {
		return false
	}
	return e.Search == nil || e.Search.Mode == "" || e.Search.Mode == "match"
}

func (a *Answer) readUnfollowed() {
	own, continues := map[string]*sheet{}, map[string]bool{}
	for _, s := range a.sheets {
		if s.self != "" {
			own[s.self] = s
		}
		if s.next != s.self {
			continues[s.next] = true
		}
	}
	for _, s := range a.sheets {
		if s.self != "" && continues[s.self] {
			continue // counted with the page before
		}
		if u := run(s, own); u.Next || u.Total > u.Came {
			a.unfollowed = append(a.unfollowed, u)
		}
	}
}

// run goes from a first page to the last that came.
func run(first *sheet, own map[string]*sheet) Unfollowed {
	u := Unfollowed{}
	seen := map[*sheet]bool{}
	for s := first; s != nil && !seen[s]; s = own[s.next] {
		seen[s] = true
		u.Page, u.Next = s.page, s.next != ""
		u.Total, u.Came = max(u.Total, s.total), u.Came+s.matches
	}
	return u
}
