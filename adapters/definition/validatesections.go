package definition

import (
	"maps"
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func (d *Definition) checkSections(c *checks) {
	known := sections()
	for _, name := range ordered(known) {
		section, ok := d.Sections[name]
		c.must(ok || d.OtherSections != "", "sections/"+name, "is missing: say how it is got or why it is not supported, or say other_sections")
		if ok {
			section.check(c, "sections/"+name, d)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Sections)) {
		_, ok := known[name]
		c.must(ok, "sections/"+name, "is no section of the contract")
	}
}

func (s Section) check(c *checks, at string, d *Definition) {
	c.must(s.given() != (s.NotSupported != ""), at, "want either searches, documents or both, or not_supported")
	c.must(len(s.Searches) == 0 || d.FHIR != nil, at, "names searches, and there is no fhir")
	c.must(!s.Documents || d.FHIR == nil || d.IHE != nil || d.FHIR.lists(), at, "is read from documents, and no search of fhir lists any (type DocumentReference)")
}

// checkDocuments sees that what is read of documents is bounded, and that nothing is
// bounded that nobody reads.
func (d *Definition) checkDocuments(c *checks) {
	reads := false
	for name, section := range d.Sections {
		reads = reads || section.Documents && name != SectionName(lhcrv1.Section_SECTION_DOCUMENTS)
	}
	switch {
	case d.Documents == nil:
		c.must(!reads, "documents", "is required where sections are read from documents")
		return
	case !reads:
		c.must(false, "documents", "no section is read from documents")
	}
	c.must(d.Documents.Most >= 1 && d.Documents.Most <= 200, "documents/most", "want 1 to 200")
	c.must(d.Documents.MaxBytes >= 1<<10 && d.Documents.MaxBytes <= d.Limits.MaxBytes, "documents/max_bytes", "want 1 KiB to limits.max_bytes")
}
