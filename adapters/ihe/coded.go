package ihe

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/status"
)

// chosen is a document that is read for its coded sections.
type chosen struct {
	documents.Listed
	wanted
	entry *xds.Entry
}

// coded retrieves and reads the documents whose coded sections say something of the sections
// asked for. What is left out or fails is a gap of each of those.
func (f *fetch) coded(ctx context.Context, s *session, mine []listed) []fhir.Payload {
	sections := f.definition.ReadFromDocuments(f.supported())
	if len(sections) == 0 {
		return nil
	}
	lost := &losses{}
	want, selection := f.choose(mine, sections, lost)
	keys := make([]wanted, len(want))
	for i := range want {
		keys[i] = want[i].wanted
	}
	var out []fhir.Payload
	var first *call.Failure
	for i, came := range s.retrieve(ctx, keys) {
		payload, gap, failure := f.readDocument(want[i], came)
		if came.beside != nil {
			lost.add(came.beside.Gap())
		}
		switch {
		case failure != nil:
			first = firstOf(first, failure)
			lost.add(gap)
			continue
		case gap != nil:
			lost.add(gap)
		}
		if payload.Read != nil {
			payload.Sections = sections
			out = append(out, payload)
		}
	}
	for _, gap := range selection.Lost(f.readable) {
		lost.add(gap)
	}
	if first != nil && len(out) == 0 { // nothing was read, and that is why
		f.asked.Blame(sections, first)
	}
	f.asked.Lose(sections, lost.gaps...)
	return out
}

func firstOf(a, b *call.Failure) *call.Failure {
	if a != nil {
		return a
	}
	return b
}

// choose gives the documents that are worth reading and within bounds, the newest first.
func (f *fetch) choose(mine []listed, sections []lhcrv1.Section, lost *losses) ([]chosen, documents.Selection) {
	entries := map[*model.DocumentReference]*xds.Entry{}
	list := make([]*model.DocumentReference, len(mine))
	for i, d := range mine {
		list[i], entries[d.reference] = d.reference, d.entry
	}
	selection := documents.Select(list, f.definition.Documents.Most)
	if selection.Left > 0 {
		f.asked.Lose(sections, documents.LeftOut(selection.Left))
		f.asked.Truncate(sections)
	}
	var out []chosen
	for _, l := range selection.Read {
		f.readable[l.Reference] = true
		e := entries[l.Reference]
		key, ok := f.client.keyOf(e)
		size := e.Listed().Size
		switch {
		case !ok:
			lost.add(call.Unavailable("it says not where it is held").Final().Gap())
		case size > f.definition.Documents.MaxBytes:
			lost.add(call.TooLarge().Gap())
		default:
			out = append(out, chosen{Listed: l, wanted: wanted{key: key, size: size}, entry: e})
		}
	}
	return out, selection
}

// readDocument reads what came of a document. A document that turned out not to be CDA, and was
// not said to be, is neither read nor a gap; one without sections is a letter in a frame.
func (f *fetch) readDocument(c chosen, came got) (fhir.Payload, *lhcrv1.Gap, *call.Failure) {
	failure := came.failure
	content := came.document.Content
	if failure == nil && int64(len(content)) > f.definition.Documents.MaxBytes {
		failure = call.TooLarge()
	}
	if failure == nil {
		if _, err := c.entry.Listed().Check(content, came.document.MediaType); err != nil {
			failure = call.Malformed(status.Convert(err).Message())
		}
	}
	if failure != nil {
		return fhir.Payload{}, failure.Gap(), failure
	}
	if !c.Said && !documents.IsCDA(content) {
		f.readable[c.Reference] = false
		return fhir.Payload{}, nil, nil
	}
	reading, gap := c.ReadOrNote(content, f.req.GetPatient(), f.client.now())
	f.readable[c.Reference] = !reading.Letter
	return reading.Payload, gap, nil
}

// losses are gaps of one kind each, counted by the documents that they stand for.
type losses struct{ gaps []*lhcrv1.Gap }

func (l *losses) add(gap *lhcrv1.Gap) {
	if gap.GetCount() == 0 {
		gap.Count = 1
		gap.Message = "a document could not be read for its entries: " + gap.GetMessage()
	}
	for _, known := range l.gaps {
		if known.GetKind() == gap.GetKind() && known.GetMessage() == gap.GetMessage() {
			known.Count += gap.GetCount()
			return
		}
	}
	l.gaps = append(l.gaps, gap)
}
