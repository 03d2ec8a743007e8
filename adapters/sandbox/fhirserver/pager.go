package fhirserver

import (
	"crypto/rand"
	"sync"
)

// maxPages bounds how many next links are remembered; the oldest is forgotten first.
const maxPages = 4096

// search is the state of one search across its pages.
type search struct {
	query   *query
	record  *Record
	matches []*Resource
	self    string
	format  string
	endless bool
}

// number is the NHS number that the search is about, for choosing faults.
func (s *search) number() string {
	if s.record != nil {
		return s.record.NHSNumber
	}
	return s.query.number
}

type page struct {
	id     string
	search *search
	offset int
}

// pager remembers what its opaque links lead to.
type pager struct {
	mu    sync.Mutex
	pages map[string]page
	order []string
}

// link makes the opaque id of a page.
func (p *pager) link(s *search, offset int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pages == nil {
		p.pages = map[string]page{}
	}
	id := rand.Text()
	p.pages[id] = page{id, s, offset}
	p.order = append(p.order, id)
	if len(p.order) > maxPages {
		delete(p.pages, p.order[0])
		p.order = p.order[1:]
	}
	return id
}

func (p *pager) find(id string) (page, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.pages[id]
	return found, ok
}
