package main

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/cheshiremerseyside"
	"github.com/openlhcr/openlhcr/adapters/chie"
	"github.com/openlhcr/openlhcr/adapters/dorset"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	"github.com/openlhcr/openlhcr/adapters/greatermanchester"
	"github.com/openlhcr/openlhcr/adapters/greatnorth"
	"github.com/openlhcr/openlhcr/adapters/lancashiresouthcumbria"
	"github.com/openlhcr/openlhcr/adapters/london"
	"github.com/openlhcr/openlhcr/adapters/scr"
	"github.com/openlhcr/openlhcr/adapters/southwest"
	"github.com/openlhcr/openlhcr/adapters/thamesvalleysurrey"
	"github.com/openlhcr/openlhcr/adapters/wessex"
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
// gateway and adapters meet. A new region is a line here, and so is a name that stands
// for several.
func members() []member {
	return []member{
		{cheshiremerseyside.Entry(), fhir.STU3, mapping.CourseRuleGraphnet},
		{chie.Entry(), fhir.STU3, mapping.CourseRuleGraphnet},
		{dorset.Entry(), fhir.R4, mapping.CourseRuleR4},
		{greatermanchester.Entry(), fhir.STU3, mapping.CourseRuleGraphnet},
		{greatnorth.Entry(), fhir.R4, mapping.CourseRuleR4},
		{lancashiresouthcumbria.Entry(), fhir.R4, mapping.CourseRuleR4},
		{london.Entry(), fhir.R4, mapping.CourseRuleR4},
		{scr.Entry(), fhir.R4, mapping.CourseRuleR4},
		{southwest.Entry(), fhir.R4, mapping.CourseRuleR4},
		{thamesvalleysurrey.Entry(), fhir.STU3, mapping.CourseRuleGraphnet},
		{entry: wessex.Entry()},
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

// region is the region of an id that somebody gave: a system, and no name for several.
func region(id string) (member, error) {
	var ids []string
	for _, m := range members() {
		if m.entry.New == nil {
			continue
		}
		if m.entry.ID == id {
			return m, nil
		}
		ids = append(ids, m.entry.ID)
	}
	return member{}, usage("there is no region of this id; there are %s", strings.Join(ids, ", "))
}
