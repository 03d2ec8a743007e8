package main

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/dorset"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	"github.com/openlhcr/openlhcr/adapters/yorkshire"
)

// member is one region of this binary. A region that speaks FHIR says how its files
// are read, for `inspect`.
type member struct {
	entry   adapters.Entry
	version fhir.Version
	courses mapping.CourseRule
}

// members are the regions that this binary was built with: the one place where
// gateway and adapters meet. A new region is a line here.
func members() []member {
	return []member{
		{dorset.Entry(), fhir.R4, mapping.CourseRuleR4},
		{yorkshire.Entry(), fhir.STU3, mapping.CourseRuleInterweave},
	}
}

func registry() (*adapters.Registry, error) {
	var entries []adapters.Entry
	for _, m := range members() {
		entries = append(entries, m.entry)
	}
	return adapters.NewRegistry(entries...)
}

// region is the region of an id that somebody gave.
func region(id string) (member, error) {
	var ids []string
	for _, m := range members() {
		if m.entry.ID == id {
			return m, nil
		}
		ids = append(ids, m.entry.ID)
	}
	return member{}, usage("there is no region of this id; there are %s", strings.Join(ids, ", "))
}
