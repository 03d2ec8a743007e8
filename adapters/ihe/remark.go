package ihe

import (
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// remark adds to an answer what only the registry's own words say.
func (f *fetch) remark(res *adapterv1.FetchResponse, l listing, mine []listed) {
	for _, d := range res.GetRecord().GetDocuments() {
		from(d.GetHeader())
	}
	f.warned(res, l.warnings)
	if documents.HasLetters(referencesIn(mine), f.readable) {
		documents.NoteLetters(res.GetOutcomes(), f.definition.ReadFromDocuments(f.supported()))
	}
}

func referencesIn(mine []listed) []*model.DocumentReference {
	out := make([]*model.DocumentReference, len(mine))
	for i := range mine {
		out[i] = mine[i].reference
	}
	return out
}

// from takes the organisation of a document's first author for where the document is from: a
// registry names no other.
func from(h *lhcrv1.ItemHeader) {
	for _, p := range h.GetParticipants() {
		if o := p.GetActor().GetOrganisation(); h.GetSourceOrganisation() == nil && o != nil {
			h.SourceOrganisation = o
		}
	}
}

// warned passes a registry's warnings on: their codes, if they are IHE's. They stand on every
// section, and on those that the region is said not to hold before all.
func (f *fetch) warned(res *adapterv1.FetchResponse, codes []string) *adapterv1.FetchResponse {
	seen := map[string]bool{}
	for _, code := range codes {
		if seen[code] {
			continue
		}
		seen[code] = true
		f.warn(res, f.supported(), &lhcrv1.Warning{
			Code: lhcrv1.WarningCode_WARNING_CODE_SOURCE_IMPAIRMENT, Text: "the document registry answered with a warning", SourceCode: code,
		})
	}
	return res
}

func (f *fetch) warn(res *adapterv1.FetchResponse, sections []lhcrv1.Section, w *lhcrv1.Warning) {
	wanted := map[lhcrv1.Section]bool{}
	for _, s := range sections {
		wanted[s] = true
	}
	for _, o := range res.GetOutcomes() {
		if wanted[o.GetSection()] {
			o.Warnings = append(o.Warnings, w)
		}
	}
}
