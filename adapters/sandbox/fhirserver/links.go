package fhirserver

// links gives the links of a page that ends before match number end.
func (s *Service) links(base string, p page, end int) []link {
	all := len(p.search.matches)
	if p.search.endless {
		return []link{{"self", s.self(base, p)}, {"next", s.pageURL(base, p.search, 0)}}
	}
	if p.search.query.count == 0 || all <= p.search.query.count {
		return []link{{"self", p.search.self}}
	}
	if s.Dialect.FiveLinks {
		return s.fiveLinks(base, p, end)
	}
	found := []link{{"self", s.self(base, p)}}
	if end < all {
		found = append(found, link{"next", s.pageURL(base, p.search, end)})
	}
	return found
}

func (s *Service) fiveLinks(base string, p page, end int) []link {
	size, all := p.search.query.count, len(p.search.matches)
	self := s.self(base, p)
	next, previous := self, self
	if end < all {
		next = s.pageURL(base, p.search, end)
	}
	if p.offset > 0 {
		previous = s.pageURL(base, p.search, p.offset-size)
	}
	return []link{
		{"first", s.pageURL(base, p.search, 0)},
		{"next", next},
		{"self", self},
		{"previous", previous},
		{"last", s.pageURL(base, p.search, (all-1)/size*size)},
	}
}

// self is the address that was called.
func (s *Service) self(base string, p page) string {
	if p.id == "" {
		return p.search.self
	}
	return base + "/page/" + p.id
}

func (s *Service) pageURL(base string, found *search, offset int) string {
	return base + "/page/" + s.pages.link(found, offset)
}
