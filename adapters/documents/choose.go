package documents

import (
	"slices"
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

// Selection is what of a list of documents is read for its coded sections.
type Selection struct {
	// Read are contents, the newest first.
	Read []Listed
	// Left counts those that were left out because there are more than are read.
	Left int
	// Unread counts CDA documents that are not read for another reason: they are in a state
	// that nobody knows, or nowhere to be had.
	Unread int

	replaced *replacements
}

// Select gives the contents that are read for their coded sections: those of current
// documents that are CDA by format or media type, or of no said type, the newest first
// and at most so many.
//
// Not read is what is superseded, entered in error or replaced by another document of
// the list: it says what no longer holds.
func Select(references []*model.DocumentReference, most int) Selection {
	out := Selection{replaced: replacedIn(references)}
	for _, r := range references {
		switch {
		case out.replaced.by[r] != nil:
		case isCurrent(r):
			out.Read = append(out.Read, readable(r)...)
			out.Unread += count(len(readable(r)) == 0 && saysCDA(r))
		default:
			out.Unread += count(isOfNoState(r) && saysCDA(r))
		}
	}
	slices.SortStableFunc(out.Read, func(a, b Listed) int { return made(b.Reference).Compare(made(a.Reference)) })
	if len(out.Read) > most {
		out.Read, out.Left = out.Read[:most], len(out.Read)-most
	}
	return out
}

// Lost are the gaps of what is not read, once it is known which documents were: those that
// were read, or that a gap already stands for. A document that is replaced by a letter,
// which nobody reads, says no longer what holds, and what does nobody knows.
func (s Selection) Lost(read map[*model.DocumentReference]bool) []*lhcrv1.Gap {
	var out []*lhcrv1.Gap
	if s.Unread > 0 {
		out = append(out, unreadMany(s.Unread, "documents that may hold entries could not be read"))
	}
	if n := s.replaced.lost(read); n > 0 {
		out = append(out, unreadMany(n, "documents were replaced by others that are not read for entries"))
	}
	return out
}

func unreadMany(n int, message string) *lhcrv1.Gap {
	return &lhcrv1.Gap{Kind: lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, Count: uint32(n), Message: message}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// LeftOut is the gap that stands for documents beyond those that are read ([Selection.Left]).
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

// isOfNoState says that nobody knows whether a document holds.
func isOfNoState(r *model.DocumentReference) bool {
	return !isCurrent(r) && r.Status != "superseded" && r.Status != "entered-in-error" && r.DocStatus != "entered-in-error"
}

// saysCDA says that a document is listed as CDA, whether or not it can be had.
func saysCDA(r *model.DocumentReference) bool {
	return slices.ContainsFunc(r.Content, func(c model.DocumentContent) bool {
		return c.Attachment != nil && classOf(c.Attachment.ContentType, c.Format) == yes
	})
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
