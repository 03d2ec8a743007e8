package fhirsearch

import (
	"errors"
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
)

// page is one page of a searchset, as far as paging goes. What stands in it is the reader's business.
type page struct {
	body []byte
	// next is the address of the next page. Empty when there is none.
	next string
	// self is the page's own address as the region writes it.
	self string
	// total is what the region says matched in all pages; -1 when it does not.
	total int
	// matches name the resources that matched, as far as they have names.
	matches []string
	// count is how many matched, entries how many entries of any kind there are.
	count, entries int
}

// The ways for a page to be no page.
var (
	errNotJSON   = errors.New("the region's answer is not JSON")
	errNotXML    = errors.New("the region's answer is not FHIR XML")
	errNotBundle = errors.New("the region's answer is not a bundle")
	errLinks     = errors.New("the region's links to further pages cannot be read")
)

// parsePage reads a body in JSON or XML, whichever it is: what a region's header calls it says
// less. With errLinks the page is good and only what follows is unknown.
func parsePage(body []byte) (page, error) {
	none := page{body: body, total: -1}
	text, err := decode.AsJSON(body, 0)
	if err != nil {
		return none, errNotXML
	}
	r := pageReader{scanner: scan(text), page: none}
	if r.object(r.element) != nil || r.end() != nil {
		return none, errNotJSON
	}
	if r.typ != "Bundle" {
		return none, errNotBundle
	}
	if r.links != nil {
		r.page.next = ""
	}
	return r.page, r.links
}

// pageReader reads one page. Of two elements of one name the last counts.
type pageReader struct {
	scanner
	page  page
	typ   string
	links error
	entry entry // the one that is being read
	link  link  // likewise
}

func (r *pageReader) element(name []byte) error {
	switch string(name) {
	case "resourceType":
		return r.text(&r.typ)
	case "total":
		return r.total()
	case "link":
		r.page.next, r.page.self, r.links = "", "", nil
		return r.each(r.readLink)
	case "entry":
		r.page.matches, r.page.count, r.page.entries = nil, 0, 0
		return r.each(r.readEntry)
	}
	return r.dec.SkipValue()
}

func (r *pageReader) total() error {
	raw, err := r.dec.ReadValue()
	r.page.total = -1
	if n, notWhole := strconv.Atoi(string(raw)); notWhole == nil {
		r.page.total = n
	}
	return err
}

// entry is one entry, as far as it says what it is.
type entry struct{ fullURL, typ, id, mode string }

// readEntry counts an entry. One that cannot be read counts as a match without a name.
func (r *pageReader) readEntry() error {
	r.entry, r.odd = entry{}, false
	if err := r.object(r.entryElement); err != nil {
		return err
	}
	r.page.entries++
	switch {
	case r.odd:
		r.page.count++
	case r.entry.matches():
		r.page.count++
		if name := r.entry.name(); name != "" {
			r.page.matches = append(r.page.matches, name)
		}
	}
	return nil
}

func (r *pageReader) entryElement(name []byte) error {
	switch string(name) {
	case "fullUrl":
		return r.text(&r.entry.fullURL)
	case "resource":
		return r.object(r.resourceElement)
	case "search":
		return r.object(r.searchElement)
	}
	return r.dec.SkipValue()
}

func (r *pageReader) resourceElement(name []byte) error {
	switch string(name) {
	case "resourceType":
		return r.text(&r.entry.typ)
	case "id":
		return r.text(&r.entry.id)
	}
	return r.dec.SkipValue()
}

func (r *pageReader) searchElement(name []byte) error {
	if string(name) == "mode" {
		return r.text(&r.entry.mode)
	}
	return r.dec.SkipValue()
}

// matches tells a match from what was included and from an OperationOutcome. The mode may be missing.
func (e entry) matches() bool {
	return (e.mode == "" || e.mode == "match") && e.typ != "OperationOutcome"
}

func (e entry) name() string {
	if e.id == "" {
		return e.fullURL
	}
	return e.fullURL + " " + e.typ + "/" + e.id
}

type link struct{ relation, url string }

func (r *pageReader) readLink() error {
	r.link, r.odd = link{}, false
	if err := r.object(r.linkElement); err != nil {
		return err
	}
	relation := strings.ToLower(strings.TrimSpace(r.link.relation))
	next := relation == "next"
	switch {
	case r.odd, next && r.link.url == "":
		r.links = errLinks
	case next:
		r.page.next = r.link.url
	case relation == "self":
		r.page.self = r.link.url
	}
	return nil
}

func (r *pageReader) linkElement(name []byte) error {
	switch string(name) {
	case "relation":
		return r.text(&r.link.relation)
	case "url":
		return r.text(&r.link.url)
	}
	return r.dec.SkipValue()
}
