package documents

import (
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Listed is a content of a listed document that is to be read.
type Listed struct {
	Reference  *model.DocumentReference
	Attachment *model.Attachment
	// Said says that the list names it a CDA document. Without it, its media type is not
	// said, and what is fetched decides: see [IsCDA].
	Said bool
}

// Choose gives the contents that are read for their coded sections: those of current
// documents that are CDA by format or media type, or of no said type, the newest first
// and at most so many. How many were left out for that limit is the second result.
//
// Not read is what is superseded, entered in error or replaced by another document of
// the list: it says what no longer holds.
func Choose(references []*model.DocumentReference, most int) (chosen []Listed, left int) {
	replaced := replacedBy(references)
	for _, r := range references {
		if isCurrent(r) && !replaced.names(r) {
			chosen = append(chosen, readable(r)...)
		}
	}
	slices.SortStableFunc(chosen, func(a, b Listed) int { return made(b.Reference).Compare(made(a.Reference)) })
	if len(chosen) > most {
		return chosen[:most], len(chosen) - most
	}
	return chosen, 0
}

// LeftOut is the gap that stands for documents that were not read because there are too many.
func LeftOut(n int) *lhcrv1.Gap {
	return &lhcrv1.Gap{
		Kind: lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, Count: uint32(n),
		Message: "there are more documents than are read for their entries: the oldest were left out",
	}
}

// isCurrent takes a document without a status for current: what it says may be nowhere else.
func isCurrent(r *model.DocumentReference) bool {
	return (r.Status == "current" || r.Status == "") && r.DocStatus != "entered-in-error"
}

// readable is the first content that could be CDA: several of one document are the same
// document in several formats.
func readable(r *model.DocumentReference) []Listed {
	var maybe []Listed
	for i := range r.Content {
		c := &r.Content[i]
		if c.Attachment == nil || c.Attachment.URL == "" && c.Attachment.Data == "" {
			continue
		}
		switch classOf(c.Attachment.ContentType, c.Format) {
		case yes:
			return []Listed{{Reference: r, Attachment: c.Attachment, Said: true}}
		case unsaid:
			maybe = append(maybe, Listed{Reference: r, Attachment: c.Attachment})
		case no:
		}
	}
	return maybe
}

// made is when a document was made, as far as it says: of several moments the earliest
// that it surely covers. A document of no date counts as the oldest.
func made(r *model.DocumentReference) time.Time {
	for _, w := range []model.When{r.Indexed, r.Created} {
		if p := w.Parse(); p.Precision != model.PrecisionNone && p.Precision != model.PrecisionTime {
			return p.Time
		}
	}
	return time.Time{}
}

// replacement names documents that others of a list replace.
type replacement map[string]bool

func replacedBy(references []*model.DocumentReference) replacement {
	out := replacement{}
	for _, r := range references {
		if !isCurrent(r) {
			continue
		}
		for i := range r.RelatesTo {
			out.add(&r.RelatesTo[i])
		}
	}
	return out
}

func (m replacement) add(to *model.RelatesTo) {
	if to.Code != "replaces" {
		return
	}
	if id := to.Target.Target().ID; id != "" {
		m["id "+id] = true
	}
	for _, id := range []*model.Identifier{to.ID, identifierOf(to.Target)} {
		if id != nil && id.Value != "" {
			m["identifier "+bare(id.Value)] = true
		}
	}
}

func identifierOf(r *model.Reference) *model.Identifier {
	if r == nil {
		return nil
	}
	return r.Identifier
}

func (m replacement) names(r *model.DocumentReference) bool {
	if r.ID != "" && m["id "+r.ID] || r.MasterIdentifier != nil && m["identifier "+bare(r.MasterIdentifier.Value)] {
		return true
	}
	return slices.ContainsFunc(r.Identifier, func(id model.Identifier) bool { return m["identifier "+bare(id.Value)] })
}

// bare is an identifier without the scheme that some write before it and others do not.
func bare(value string) string {
	return strings.TrimPrefix(strings.TrimPrefix(value, "urn:oid:"), "urn:uuid:")
}
