package definition

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

var (
	resourceType = regexp.MustCompile(`^[A-Z][A-Za-z]{1,63}$`)
	parameter    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_:.-]*=[^&=\s]+$`)
	include      = regexp.MustCompile(`^[A-Z][A-Za-z]+:[a-z-]+(:[A-Z][A-Za-z]+)?$`)
	systemURI    = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:[^\s|]+$`)
)

func (f *FHIR) check(c *checks, d *Definition) {
	if f == nil {
		return
	}
	c.oneOf(f.Version, "fhir/version", "R4", "STU3")
	c.oneOf(f.Courses, "fhir/courses", "r4", "gp-connect", "interweave", "graphnet")
	c.oneOf(f.Method, "fhir/method", "post", "get")
	c.must(f.Format == "" || f.Format == "json" || f.Format == "xml", "fhir/format", "want json or xml")
	c.oneOf(f.Patient, "fhir/patient", "reference", "pixm", "identifier")
	c.must((f.PIXm != nil) == (f.Patient == "pixm"), "fhir/pixm", "goes with patient: pixm: want both or neither")
	f.PIXm.check(c)
	c.must(f.PageSize >= 1 && f.PageSize <= 1000, "fhir/page_size", "want 1 to 1000")
	for _, name := range slices.Sorted(maps.Keys(f.Searches)) {
		f.Searches[name].check(c, "fhir/searches/"+name)
	}
	f.checkUse(c, d)
}

func (p *PIXm) check(c *checks) {
	if p == nil {
		return
	}
	c.oneOf(p.Method, "fhir/pixm/method", "post", "get")
	c.must(systemURI.MatchString(p.TargetSystem), "fhir/pixm/target_system", "want the address of an identifier system")
}

// checkUse sees that sections name only searches that there are, and that each is named.
// A search for the patient is always made, and what it asks for with it.
func (f *FHIR) checkUse(c *checks, d *Definition) {
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(d.Sections)) {
		for i, search := range d.Sections[name].Searches {
			_, ok := f.Searches[search]
			c.must(ok, fmt.Sprintf("sections/%s/searches/%d", name, i+1), "is no search of fhir.searches")
			used[search] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Searches)) {
		always := f.Searches[name].Type == "Patient" || f.Searches[name].Type == documentReference && d.Documents != nil
		c.must(used[name] || always, "fhir/searches/"+name, "is used by no section")
	}
}

// lists says whether a search lists documents.
func (f *FHIR) lists() bool {
	for _, search := range f.Searches {
		if search.Type == documentReference {
			return true
		}
	}
	return false
}

func (s Search) check(c *checks, at string) {
	c.must(resourceType.MatchString(s.Type), at+"/type", "want a FHIR resource type")
	for i, value := range s.Include {
		c.must(include.MatchString(value), fmt.Sprintf("%s/include/%d", at, i+1), "want Type:parameter")
	}
	for i, value := range s.IncludeIterate {
		c.must(include.MatchString(value), fmt.Sprintf("%s/include_iterate/%d", at, i+1), "want Type:parameter")
	}
	for i, value := range s.Parameters {
		c.must(parameter.MatchString(value), fmt.Sprintf("%s/parameters/%d", at, i+1), "want name=value")
	}
}
