package definition

import (
	"cmp"
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// documentReference is the resource type by which FHIR lists documents.
const documentReference = "DocumentReference"

// Section is how a section is got, or why it is not.
func (d *Definition) Section(s lhcrv1.Section) Section { return d.Sections[SectionName(s)] }

// Gives says whether the region gives a section.
func (d *Definition) Gives(s lhcrv1.Section) bool { return d.Section(s).given() }

// NotSupported is why the region never gives a section. Empty when it does.
func (d *Definition) NotSupported(s lhcrv1.Section) string {
	if d.Gives(s) {
		return ""
	}
	return cmp.Or(d.Section(s).NotSupported, d.OtherSections, "the region's definition does not name this section")
}

// ReadFromDocuments are those of some sections of which the coded sections of documents
// say something. What documents there are is no such thing: for a list of them none is fetched.
func (d *Definition) ReadFromDocuments(sections []lhcrv1.Section) []lhcrv1.Section {
	return slices.DeleteFunc(slices.Clone(sections), func(s lhcrv1.Section) bool {
		return s == lhcrv1.Section_SECTION_DOCUMENTS || !d.Section(s).Documents
	})
}

// SearchesOf are the names of the searches that must be made for a section, those that
// list documents among them where documents say something of it. In order of their names.
func (d *Definition) SearchesOf(s lhcrv1.Section) []string {
	section := d.Section(s)
	names := slices.Clone(section.Searches)
	if section.Documents && d.FHIR != nil {
		for name, search := range d.FHIR.Searches {
			if search.Type == documentReference {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Purposes are those of the endpoints, sorted.
func (d *Definition) Purposes() []string {
	var out []string
	for _, e := range d.Endpoints {
		out = append(out, e.Purpose)
	}
	slices.Sort(out)
	return out
}

func (s Section) given() bool { return len(s.Searches) > 0 || s.Documents }
