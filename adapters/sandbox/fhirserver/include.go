package fhirserver

// included gives what the query wants sent along with the matches of a page, each once.
func (q *query) included(s *Store, record *Record, matches []*Resource) []*Resource {
	seen := map[*Resource]bool{}
	for _, match := range matches {
		seen[match] = true
	}
	var found []*Resource
	take := func(r *Resource) {
		if !seen[r] {
			seen[r] = true
			found = append(found, r)
		}
	}
	q.follow(s, matches, false, take)
	for i := 0; i < len(found); i++ {
		q.follow(s, found[i:i+1], true, take)
	}
	q.followBack(record, matches, take)
	q.alongside(record, take)
	return found
}

func (q *query) follow(s *Store, from []*Resource, iterating bool, take func(*Resource)) {
	for _, in := range q.includes {
		if iterating && !in.iterate {
			continue
		}
		for _, resource := range from {
			in.targets(s, resource, take)
		}
	}
}

func (in include) targets(s *Store, from *Resource, take func(*Resource)) {
	if from.Type != in.source {
		return
	}
	for _, value := range in.param.values(from) {
		target, ok := s.resolve(text(value, "reference"))
		if ok && (in.target == "" || in.target == target.resource.Type) {
			take(target.resource)
		}
	}
}

// followBack adds the resources of the same record that refer to a match.
func (q *query) followBack(record *Record, matches []*Resource, take func(*Resource)) {
	if record == nil {
		return
	}
	for _, in := range q.revIncludes {
		for _, resource := range record.ofType(in.source) {
			if in.refersToAny(resource, matches) {
				take(resource)
			}
		}
	}
}

func (in include) refersToAny(resource *Resource, matches []*Resource) bool {
	for _, value := range in.param.values(resource) {
		for _, match := range matches {
			if sameReference(text(value, "reference"), match.Reference()) {
				return true
			}
		}
	}
	return false
}

func (q *query) alongside(record *Record, take func(*Resource)) {
	if record == nil {
		return
	}
	for _, typ := range record.Alongside[q.typ] {
		for _, resource := range record.ofType(typ) {
			take(resource)
		}
	}
}
