package fhirsearch

import (
	"context"
	"errors"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/status"
)

// coded gets the documents whose coded sections say something of the sections asked for.
// What is left out or fails is a gap of each of those.
func (f *fetch) coded(ctx context.Context, s *session, patient found, others []found) []fhir.Payload {
	sections := f.definition.ReadFromDocuments(f.supported())
	if len(sections) == 0 {
		return nil
	}
	list, strangers := f.listed(patient, others)
	if strangers > 0 {
		f.lose(sections, documents.Strangers(strangers))
	}
	read := map[*model.DocumentReference]bool{}
	selection := documents.Select(list, f.definition.Documents.Most)
	if selection.Left > 0 {
		f.lose(sections, documents.LeftOut(selection.Left))
		f.truncate(sections)
	}
	var out []fhir.Payload
	lost := losses{}
	for i, came := range f.fetchAll(ctx, s, selection.Read) {
		reference := selection.Read[i].Reference
		read[reference] = read[reference] || came.gap != nil || came.payload.Read != nil && !came.letter
		if came.gap != nil {
			lost.add(came.gap)
		}
		if came.payload.Read != nil {
			came.payload.Sections = sections
			out = append(out, came.payload)
		}
	}
	for _, gap := range selection.Lost(read) {
		lost.add(gap)
	}
	f.lose(sections, lost.gaps...)
	f.letters = documents.HasLetters(list, read)
	return out
}

func (f *fetch) truncate(sections []lhcrv1.Section) {
	for _, s := range sections {
		a := f.asked[s]
		a.Truncated = true
		f.asked[s] = a
	}
}

// listed are the references to documents that the searches found, and how many are left out
// because they are known to be another patient's.
func (f *fetch) listed(patient found, others []found) (out []*model.DocumentReference, strangers int) {
	b := answer.NewBuilder(answer.Options{NHSNumber: f.number(), LinksAsserted: f.definition.FHIR.LinksAsserted, Now: f.client.now()})
	add := func(pages [][]byte) {
		for _, page := range pages {
			_ = b.Add(page) // who reads the answer tells of a page that cannot be read
		}
	}
	add(patient.pages)
	for i, other := range others {
		if f.plan.steps[i].search.Type == documentType {
			add(other.pages)
		}
	}
	a, seen := b.Build(), map[string]bool{}
	for e, r := range answer.Each[model.DocumentReference](a) {
		switch {
		case e.Container != nil, r.ID != "" && seen[r.ID]:
		case a.Subject(e) == answer.Mismatch:
			strangers++
		default:
			out = append(out, r)
		}
		seen[r.ID] = true
	}
	return out, strangers
}

// document is what became of one that was chosen. One that turned out not to be CDA,
// and was not said to be, is neither read nor a gap.
type document struct {
	payload fhir.Payload
	letter  bool // in the frame of a document, which nobody reads
	gap     *lhcrv1.Gap
}

// fetchAll gets documents side by side, in their order.
func (f *fetch) fetchAll(ctx context.Context, s *session, chosen []documents.Listed) []document {
	out := make([]document, len(chosen))
	var group errgroup.Group
	group.SetLimit(f.definition.Limits.Parallel)
	for i, listed := range chosen {
		group.Go(func() error {
			out[i] = f.document(ctx, s, listed)
			return nil
		})
	}
	_ = group.Wait() // every failure is in its own document
	return out
}

func (f *fetch) document(ctx context.Context, s *session, listed documents.Listed) document {
	ctx, cancel := context.WithTimeout(ctx, f.definition.Limits.SearchTimeout)
	defer cancel()
	content, err := s.content(ctx, listed.Attachment, f.definition.Documents.MaxBytes)
	if err != nil {
		return document{gap: documentGap(ctx, err)}
	}
	if !listed.Said && !documents.IsCDA(content.bytes) {
		return document{}
	}
	reading, gap := listed.ReadOrNote(content.bytes, f.req.GetPatient(), f.client.now())
	return document{payload: reading.Payload, letter: reading.Letter, gap: gap}
}

// documentGap is a failure to get a document.
func documentGap(ctx context.Context, err error) *lhcrv1.Gap {
	failure := failureOf(ctx, err)
	if errors.Is(err, errNoContent) || errors.Is(err, errElsewhere) {
		failure = call.Unavailable(status.Convert(err).Message()).Final()
	}
	gap := failure.Gap()
	gap.Count = 1
	gap.Message = "a document could not be read for its entries: " + gap.GetMessage()
	return gap
}

// losses are gaps of one kind each, counted.
type losses struct{ gaps []*lhcrv1.Gap }

func (l *losses) add(gap *lhcrv1.Gap) {
	for _, known := range l.gaps {
		if known.GetKind() == gap.GetKind() && known.GetMessage() == gap.GetMessage() {
			known.Count += gap.GetCount()
			return
		}
	}
	l.gaps = append(l.gaps, gap)
}
