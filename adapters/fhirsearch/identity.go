package fhirsearch

import (
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// identity is who the region says the patient is.
type identity struct {
	// patients are all that matched, for the gateway's own check.
	patients []*adapterv1.MatchedPatient
	// ids are the Patient resources whose items may be asked for.
	ids []string
	// mismatch says why nothing may be delivered.
	mismatch   lhcrv1.IdentityMismatchReason
	superseded string
	// gaps says that providers failed, so that nobody matching means nothing.
	gaps []*lhcrv1.Gap
	// left says which records are not asked for.
	left []*lhcrv1.Gap
	// kin is what links say, where the region asserts them. Nil where it does not.
	kin *kin
	// strangers are the ids of records that came, carry no number and are linked to nobody:
	// nothing of them may be delivered.
	strangers []string
}

// maxRecords bounds how many records of one person are asked for.
const maxRecords = 8

// identify reads the patients of a search for the number asked for.
func (r *Region) identify(pages [][]byte, number string, now time.Time) (identity, *Failure) {
	reading, err := fhir.Read(fhir.Input{
		RegionID: r.definition.ID, NHSNumber: number, LinksAsserted: r.definition.FHIR.LinksAsserted, PagesFollowed: true, Now: now,
		Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS}, Payloads: payloads(pages, nil),
	})
	if err != nil {
		return identity{}, malformed("the region's answer about the patient cannot be read")
	}
	res := reading.Response
	out := identity{patients: res.GetPatients()}
	for _, o := range res.GetOutcomes() {
		out.gaps = append(out.gaps, o.GetGaps()...)
	}
	if r.definition.FHIR.LinksAsserted {
		linked := kinOf(pages, number, now)
		out.kin = &linked
		linked.settled(out.patients)
	}
	out.judge(number)
	return out, nil
}

// judge finds the records of the person asked for: those that carry the number and, where
// the region itself asserts the link, those that carry none (contract rule 7).
func (i *identity) judge(number string) {
	if len(i.patients) > 0 && !i.carries(number) {
		i.mismatch = i.why()
		return
	}
	others := map[string]bool{}
	var doubtful []string
	for _, p := range i.patients {
		id := p.GetSourceId()
		switch own := p.GetNhsNumber() == number; {
		case own && p.GetSuperseded():
			i.mismatch, i.superseded = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED, p.GetSupersededBy()
		case !own && i.kin != nil && p.GetNhsNumber() == "" && i.kin.others[id]:
			others[id], doubtful = true, append(doubtful, id)
		case own, i.kin != nil && p.GetNhsNumber() == "" && i.kin.tied[id]:
			i.take(id)
		case i.kin != nil && p.GetNhsNumber() != "":
			others[id] = true
		case i.kin != nil:
			i.strangers = append(i.strangers, id)
		}
	}
	i.leave(len(others), "records under another NHS number, or of another date of birth, which the region links to this person, are left out")
	i.leave(len(i.strangers), "records without an NHS number, which the region does not link to this person, are left out")
	i.strangers = append(i.strangers, doubtful...)
	i.patients = slices.DeleteFunc(i.patients, i.isStranger)
	i.bound()
}

func (i *identity) take(id string) {
	if id != "" && !slices.Contains(i.ids, id) {
		i.ids = append(i.ids, id)
	}
}

func (i *identity) leave(n int, message string) {
	if n > 0 {
		i.left = append(i.left, &lhcrv1.Gap{Kind: lhcrv1.GapKind_GAP_KIND_LINKED_RECORD, Count: uint32(n), Message: message})
	}
}

func (i *identity) isStranger(p *adapterv1.MatchedPatient) bool {
	return p.GetNhsNumber() == "" && slices.Contains(i.strangers, p.GetSourceId())
}

// bound leaves out what one person does not have, as a gap.
func (i *identity) bound() {
	if len(i.ids) <= maxRecords {
		return
	}
	i.leave(len(i.ids)-maxRecords, "the region has more records of this person than are asked for")
	i.ids = i.ids[:maxRecords]
}

func (i *identity) carries(number string) bool {
	return slices.ContainsFunc(i.patients, func(p *adapterv1.MatchedPatient) bool { return p.GetNhsNumber() == number })
}

// why says what is wrong with patients none of whom carries the number.
func (i *identity) why() lhcrv1.IdentityMismatchReason {
	for _, p := range i.patients {
		if p.GetNhsNumber() != "" {
			return lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER
		}
	}
	return lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER
}

// payloads are pages for the reader, all answering the same sections.
func payloads(pages [][]byte, sections []lhcrv1.Section) []fhir.Payload {
	out := make([]fhir.Payload, len(pages))
	for i, body := range pages {
		out[i] = fhir.Payload{Body: body, Sections: sections}
	}
	return out
}
