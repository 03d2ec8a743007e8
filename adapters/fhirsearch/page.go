package fhirsearch

import (
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
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
	errNotBundle = errors.New("the region's answer is not a bundle")
	errLinks     = errors.New("the region's links to further pages cannot be read")
)

// lenient lets through what real answers hold.
func lenient() json.Options {
	return json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

type searchset struct {
	ResourceType string         `json:"resourceType"`
	Total        jsontext.Value `json:"total"`
	Link         jsontext.Value `json:"link"`
	Entry        jsontext.Value `json:"entry"`
}

type entry struct {
	FullURL  string `json:"fullUrl"`
	Resource struct {
		ResourceType string `json:"resourceType"`
		ID           string `json:"id"`
	} `json:"resource"`
	Search struct {
		Mode string `json:"mode"`
	} `json:"search"`
}

type link struct {
	Relation string `json:"relation"`
	URL      string `json:"url"`
}

// parsePage reads a body. With errLinks the page is good and only what follows is unknown.
func parsePage(body []byte) (page, error) {
	p := page{body: body, total: -1}
	var set searchset
	if err := json.Unmarshal(body, &set, lenient()); err != nil {
		var shape *json.SemanticError
		if errors.As(err, &shape) && jsontext.Value(body).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
			return p, errNotBundle
		}
		return p, errNotJSON
	}
	if set.ResourceType != "Bundle" {
		return p, errNotBundle
	}
	if n, err := strconv.Atoi(string(set.Total)); err == nil {
		p.total = n
	}
	p.readEntries(set.Entry)
	return p, p.readLinks(set.Link)
}

// readEntries counts the matches. An entry that cannot be read counts as one without a name.
func (p *page) readEntries(raw jsontext.Value) {
	for _, value := range oneOrMany(raw) {
		p.entries++
		var e entry
		err := json.Unmarshal(value, &e, lenient())
		if err == nil && !e.matches() {
			continue
		}
		p.count++
		if name := e.name(); name != "" {
			p.matches = append(p.matches, name)
		}
	}
}

// matches tells a match from what was included and from an OperationOutcome. The mode may be missing.
func (e entry) matches() bool {
	return (e.Search.Mode == "" || e.Search.Mode == "match") && e.Resource.ResourceType != "OperationOutcome"
}

func (e entry) name() string {
	if e.Resource.ID == "" {
		return e.FullURL
	}
	return e.FullURL + " " + e.Resource.ResourceType + "/" + e.Resource.ID
}

func (p *page) readLinks(raw jsontext.Value) error {
	for _, value := range oneOrMany(raw) {
		var l link
		if err := json.Unmarshal(value, &l, lenient()); err != nil {
			return errLinks
		}
		switch l.Relation {
		case "next":
			if l.URL == "" {
				return errLinks
			}
			p.next = l.URL
		case "self":
			p.self = l.URL
		}
	}
	return nil
}

// oneOrMany are the elements of an array, or the one element where an array is due.
func oneOrMany(raw jsontext.Value) []jsontext.Value {
	switch raw.Kind() {
	case '[':
		var many []jsontext.Value
		if json.Unmarshal(raw, &many, lenient()) == nil {
			return many
		}
	case '{', '"', '0', 't', 'f':
		return []jsontext.Value{raw}
	}
	return nil
}
