package ihe

import (
	"fmt"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// remark adds to an answer what only the registry's own words say.
func (f *fetch) remark(res *adapterv1.FetchResponse, l listing, mine []listed) {
	for _, d := range res.GetRecord().GetDocuments() {
		from(d.GetHeader())
	}
	f.warned(res, l.warnings)
	f.unread(res, mine)
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

// warned passes a registry's warnings on: their codes, if they are IHE's.
func (f *fetch) warned(res *adapterv1.FetchResponse, codes []string) {
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
}

// unread warns where nothing of a section came and there are documents whose words nobody read:
// a letter as a picture can name an allergy that stands nowhere else.
func (f *fetch) unread(res *adapterv1.FetchResponse, mine []listed) {
	letters := 0
	for _, d := range mine {
		if d.entry.Status != "Deprecated" && !f.readable[d.reference] {
			letters++
		}
	}
	if letters == 0 {
		return
	}
	var silent []lhcrv1.Section
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED {
			silent = append(silent, o.GetSection())
		}
	}
	f.warn(res, f.definition.ReadFromDocuments(silent), &lhcrv1.Warning{
		Code: lhcrv1.WarningCode_WARNING_CODE_NARRATIVE_MAY_SAY_MORE,
		Text: fmt.Sprintf("%d documents were not read for entries and may say something of it: see the documents", letters),
	})
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
