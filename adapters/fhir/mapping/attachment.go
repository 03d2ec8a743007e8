package mapping

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// inline says why content that came inside the answer cannot be fetched. Words among
// it are delivered as the item's narrative; all of it is in the item's source.
const inline = "the content came inside the record: see the item's narrative or its source"

// unlistedContent says why content with an address of its own cannot be fetched: the
// region is asked for contents of documents that it lists, and of nothing else.
const unlistedContent = "the region lists it under no document"

// attachment carries content over. Its address is the region's own affair and goes no
// further; what can be fetched has a content id (see fetchable).
func (m *Mapper) attachment(h *lhcrv1.ItemHeader, e *answer.Entry, a *model.Attachment) *lhcrv1.Attachment {
	out := &lhcrv1.Attachment{
		MediaType: a.ContentType, Hash: a.Hash, Title: a.Title, Language: a.Language, Created: contract.When(a.Creation),
	}
	if n, err := strconv.ParseUint(string(a.Size), 10, 64); err == nil {
		out.Size = &n
	}
	switch {
	case strings.TrimSpace(a.URL) != "":
		out.Unavailable = unlistedContent
		m.claimBinary(e, strings.TrimSpace(a.URL))
	case a.Data != "":
		out.Unavailable = inline
		keepWords(h, a)
	default: // a placeholder says why in its title, or in the reason for the absence
		out.Unavailable = a.Title
		if x := model.FindExtension(a.Extension, "data-absent-reason"); x != nil && a.Title == "" {
			out.Unavailable = x.Value.Text()
		}
	}
	return out
}

// fetchable gives a listed document's content the id by which GetDocument fetches it:
// a hash of where or what it is, which tells nobody either.
func fetchable(out *lhcrv1.Attachment, a *model.Attachment) {
	from := strings.TrimSpace(a.URL)
	if from == "" {
		from = a.Data
	}
	if from == "" {
		return
	}
	sum := sha256.Sum256([]byte(from))
	out.ContentId, out.Unavailable = hex.EncodeToString(sum[:16]), ""
}

// claimBinary counts the content's own resource, where it came along, as a part of
// the item that points at it.
func (m *Mapper) claimBinary(e *answer.Entry, address string) {
	b := m.answer.Follow(e, &model.Reference{Reference: address})
	if answer.As[model.Binary](b) != nil {
		b.Item()
	}
}

// keepWords delivers plain text that came inline as a narrative of the item.
func keepWords(h *lhcrv1.ItemHeader, a *model.Attachment) {
	if !strings.HasPrefix(a.ContentType, "text/plain") || h.GetNarrative() != nil {
		return
	}
	words, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(a.Data), ""))
	if err != nil || !utf8.Valid(words) {
		return
	}
	h.Narrative = &lhcrv1.Narrative{Heading: a.Title, Text: string(words)}
}

// attachmentWords names content where the contract has no place for it.
func attachmentWords(a *lhcrv1.Attachment) string {
	words := strings.TrimSpace(a.GetTitle() + " " + a.GetMediaType())
	if a.GetUnavailable() == unlistedContent {
		return strings.TrimSpace(words + " (content kept at its source)")
	}
	return words
}
