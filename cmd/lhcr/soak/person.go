package soak

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// birth is what a caller says of a patient's date of birth.
type birth int

const (
	known birth = iota
	unsaid
	wrong
)

// nobodysBirth is nobody's date of birth.
const nobodysBirth = "1901-01-01"

// person is a synthetic patient, and what the regions hold of him or her.
type person struct {
	index  int
	is     sandbox.Patient
	truths map[birth]*rules.Truth
	// mistaken says that a region answers about somebody else, or about another number.
	mistaken bool
}

func (p *person) query(b birth) *lhcrv1.PatientQuery {
	q := &lhcrv1.PatientQuery{NhsNumber: p.is.NHSNumber}
	switch b {
	case known:
		q.DateOfBirth = p.is.DateOfBirth
	case wrong:
		q.DateOfBirth = nobodysBirth
	}
	return q
}

// letter is a content of a document, and the SHA-256 of its bytes.
type letter struct {
	who                   *person
	region, item, content string
	sum                   string
}

// learnTime bounds how long one patient is asked about at first.
const learnTime = time.Minute

// learn asks about every patient while nothing fails. What comes is the truth.
func (r *run) learn(ctx context.Context) error {
	all, err := sandbox.Patients()
	if err != nil {
		return err
	}
	for i, patient := range all {
		p := &person{index: i + 1, is: patient, truths: map[birth]*rules.Truth{}}
		for _, b := range []birth{known, unsaid, wrong} {
			if err := r.learnOf(ctx, p, b); err != nil {
				return fmt.Errorf("learning about patient %d: %w", p.index, err)
			}
		}
		r.people = append(r.people, p)
	}
	return nil
}

func (r *run) learnOf(ctx context.Context, p *person, b birth) error {
	ctx, cancel := context.WithTimeout(ctx, learnTime)
	defer cancel()
	a := ask{kind: stream, who: p, birth: b, basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP, past: true, maxAge: -1}
	r.judge.Asking(a.question(r.regions(), r.callers.people[a.caller].name), time.Now())
	answer, err := r.calmly(ctx, a)
	if err != nil {
		return err
	}
	p.truths[b] = rules.Learn(answer)
	r.judge.Knows(p.index, p.truths[b])
	if b == known {
		p.mistaken = p.truths[b].Mistaken()
		return r.learnLetters(ctx, p, answer.GetRecord().GetDocuments())
	}
	return nil
}

// calmly asks until no region was too slow to answer: what a slow machine leaves out is not
// what the regions hold.
func (r *run) calmly(ctx context.Context, a ask) (*lhcrv1.GetRecordResponse, error) {
	for {
		answer, found, err := r.stream(ctx, a)
		if err != nil {
			return nil, err
		}
		r.tally.broken(0, found)
		if !hurried(answer) {
			return answer, nil
		}
		if err := rest(ctx, time.Second); err != nil {
			return nil, errors.New("a region does not answer, though nothing was made to fail")
		}
	}
}

// hurried says that a region was not asked, or not for long enough. A gap that names a
// provider is the region's own word about somebody behind it.
func hurried(answer *lhcrv1.GetRecordResponse) bool {
	heard := map[string]bool{}
	for _, o := range answer.GetOutcomes() {
		switch o.GetStatus() {
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
			heard[o.GetRegionId()] = heard[o.GetRegionId()]
		default:
			heard[o.GetRegionId()] = true
		}
		for _, g := range o.GetGaps() {
			if g.GetKind() == lhcrv1.GapKind_GAP_KIND_TIMED_OUT && g.GetProviderOdsCode()+g.GetProviderName() == "" {
				return true
			}
		}
	}
	return slices.Contains(slices.Collect(maps.Values(heard)), false)
}

func (r *run) learnLetters(ctx context.Context, p *person, documents []*lhcrv1.Document) error {
	for _, d := range documents {
		for _, content := range d.GetContents() {
			if content.GetMediaType() == "text/html" {
				continue // a page of a system that is out of order cannot be told from it
			}
			l := letter{who: p, region: d.GetHeader().GetRegionId(), item: d.GetHeader().GetItemId(), content: content.GetContentId()}
			sum, found, err := r.document(ctx, ask{kind: document, who: p, letter: l, basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP})
			if err != nil {
				continue // listed and not to be had
			}
			r.tally.broken(0, found)
			l.sum = sum
			r.letters = append(r.letters, l)
		}
	}
	return nil
}

// regions are the ids of all regions.
func (r *run) regions() []string {
	var ids []string
	for _, s := range r.house.Sandbox.Systems() {
		ids = append(ids, s.Access().RegionID)
	}
	return ids
}
