package documents_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// entry is a listed document of a media type and a date, changed as a case has it.
func entry(id, media, date string, change ...func(*model.DocumentReference)) *model.DocumentReference {
	r := &model.DocumentReference{Indexed: model.When(date), Content: []model.DocumentContent{{
		Attachment: &model.Attachment{ContentType: media, URL: "Binary/" + id},
	}}}
	r.ID, r.Status = id, "current"
	for _, c := range change {
		c(r)
	}
	return r
}

func withStatus(s string) func(*model.DocumentReference) {
	return func(r *model.DocumentReference) { r.Status = s }
}

func withDocStatus(s string) func(*model.DocumentReference) {
	return func(r *model.DocumentReference) { r.DocStatus = s }
}

func format(code string) func(*model.DocumentReference) {
	return func(r *model.DocumentReference) { r.Content[0].Format = &model.Coding{Code: code} }
}

func master(value string) func(*model.DocumentReference) {
	return func(r *model.DocumentReference) { r.MasterIdentifier = &model.Identifier{Value: value} }
}

func replaces(target *model.Reference, id *model.Identifier) func(*model.DocumentReference) {
	return func(r *model.DocumentReference) {
		r.RelatesTo = append(r.RelatesTo, model.RelatesTo{Code: "replaces", Target: target, ID: id})
	}
}

// replacing names documents of the list by their ids.
func replacing(ids ...string) func(*model.DocumentReference) {
	return func(r *model.DocumentReference) {
		for _, id := range ids {
			replaces(&model.Reference{Reference: "DocumentReference/" + id}, nil)(r)
		}
	}
}

func TestWhichDocumentsAreRead(t *testing.T) {
	type list = []*model.DocumentReference
	for name, c := range map[string]struct {
		list list
		most int
		want []string
		left int
	}{
		"CDA by media type": {list{
			entry("a", "text/xml", "2026-01-05"), entry("b", "application/xml; charset=utf-8", "2026-01-04"),
			entry("c", "application/hl7-v3+xml", "2026-01-03"), entry("d", "TEXT/XML", "2026-01-02"),
		}, 9, []string{"a", "b", "c", "d"}, 0},
		"CDA by format": {list{
			entry("a", "application/pdf", "2026-01-02", format("urn:hl7-org:sdwg:ccda-structuredBody:2.1")),
			entry("b", "", "2026-01-01", format("urn:ihe:pcc:xds-ms:2007")),
		}, 9, []string{"a", "b"}, 0},
		"what is none": {list{
			entry("a", "application/pdf", "2026-01-01"), entry("b", "text/plain", "2026-01-01"), entry("c", "image/jpeg", "2026-01-01"),
			entry("d", "text/xml", "2026-01-01", format("urn:ihe:iti:xds-sd:pdf:2008")),
		}, 9, nil, 0},
		"what does not say": {list{entry("a", "", "2026-01-02"), entry("b", "application/octet-stream", "2026-01-01")}, 9, []string{"a?", "b?"}, 0},
		"what holds no longer": {list{
			entry("a", "text/xml", "2026-01-01", withStatus("superseded")), entry("b", "text/xml", "2026-01-01", withStatus("entered-in-error")),
			entry("c", "text/xml", "2026-01-01", withDocStatus("entered-in-error")), entry("d", "text/xml", "2026-01-01", withStatus("")),
		}, 9, []string{"d"}, 0},
		"what another replaces": {list{
			entry("a", "text/xml", "2026-01-04", replaces(&model.Reference{Reference: "DocumentReference/b"}, nil)),
			entry("b", "text/xml", "2026-01-03"),
			entry("c", "text/xml", "2026-01-02", replaces(nil, &model.Identifier{Value: "urn:oid:2.999.5"})),
			entry("d", "text/xml", "2026-01-01", master("2.999.5")),
		}, 9, []string{"a", "c"}, 0},
		"what one that holds no longer replaces": {list{
			entry("a", "text/xml", "2026-01-02", withStatus("entered-in-error"), replaces(&model.Reference{Reference: "DocumentReference/b"}, nil)),
			entry("b", "text/xml", "2026-01-01"),
		}, 9, []string{"b"}, 0},
		"the newest first": {list{
			entry("old", "text/xml", "2019"), entry("none", "text/xml", ""), entry("new", "text/xml", "2026-03-01T10:00:00Z"), entry("mid", "text/xml", "2024-05"),
		}, 9, []string{"new", "mid", "old", "none"}, 0},
		"at most so many":              {list{entry("a", "text/xml", "2024"), entry("b", "text/xml", "2026"), entry("c", "text/xml", "2025")}, 2, []string{"b", "c"}, 1},
		"without content":              {list{entry("a", "text/xml", "2026", func(r *model.DocumentReference) { r.Content[0].Attachment.URL = "" })}, 9, nil, 1},
		"in a state that nobody knows": {list{entry("a", "text/xml", "2026", withStatus("Submitted")), entry("b", "application/pdf", "2026", withStatus("Submitted"))}, 9, nil, 1},
		"two that replace each other": {list{
			entry("a", "text/xml", "2026-01-03", replacing("b")), entry("b", "text/xml", "2026-01-02", replacing("a")), entry("c", "text/xml", "2026-01-01"),
		}, 9, []string{"a", "b", "c"}, 0},
		"a circle of three, with what it replaces and what replaces it": {list{
			entry("a", "text/xml", "2026-01-05", replacing("b")), entry("b", "text/xml", "2026-01-04", replacing("c")), entry("c", "text/xml", "2026-01-03", replacing("a", "old")),
			entry("old", "text/xml", "2026-01-02"),
		}, 9, []string{"a", "b", "c"}, 0},
		"one that replaces itself": {list{entry("a", "text/xml", "2026", replacing("a"))}, 9, []string{"a"}, 0},
		"a chain": {list{
			entry("a", "text/xml", "2026-01-03"), entry("b", "text/xml", "2026-01-02", replacing("a")), entry("c", "text/xml", "2026-01-01", replacing("b")),
		}, 9, []string{"c"}, 0},
		"one that a letter replaces": {list{entry("a", "text/xml", "2026"), entry("b", "application/pdf", "2026", replacing("a"))}, 9, nil, 1},
		"one that a letter and CDA replace": {list{
			entry("a", "text/xml", "2026"), entry("b", "application/pdf", "2026", replacing("a")), entry("c", "text/xml", "2026", replacing("a")),
		}, 9, []string{"c"}, 0},
		"a letter that a letter replaces": {list{entry("a", "application/pdf", "2026"), entry("b", "application/pdf", "2026", replacing("a"))}, 9, nil, 0},
		"two of one name that another replaces": {list{
			entry("a", "text/xml", "2026-01-03", replaces(nil, &model.Identifier{Value: "2.999.5"})),
			entry("b", "text/xml", "2026-01-02", master("2.999.5")), entry("c", "text/xml", "2026-01-01", master("2.999.5")),
		}, 9, []string{"a", "b", "c"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			selection, read := documents.Select(c.list, c.most), map[*model.DocumentReference]bool{}
			for _, l := range selection.Read {
				read[l.Reference] = true
			}
			left := selection.Left
			for _, gap := range selection.Lost(read) {
				left += int(gap.GetCount())
			}
			var got []string
			for _, l := range selection.Read {
				name := l.Reference.ID
				if !l.Said {
					name += "?"
				}
				got = append(got, name)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || left != c.left {
				t.Errorf("%d left out, want %d; chosen (-want +got):\n%s", left, c.left, diff)
			}
		})
	}
}

// What replaces a document can turn out to hold no entries: then nobody knows what holds.
func TestAReplacementThatWasNotReadIsAGap(t *testing.T) {
	old, next := entry("a", "text/xml", "2026-01-01"), entry("b", "text/xml", "2026-01-02", replacing("a"))
	s := documents.Select([]*model.DocumentReference{old, next}, 9)
	if gaps := s.Lost(map[*model.DocumentReference]bool{next: true}); len(gaps) != 0 {
		t.Errorf("it was read: %v", gaps)
	}
	gaps := s.Lost(nil)
	if len(gaps) != 1 || gaps[0].GetCount() != 1 || gaps[0].GetKind() != lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE {
		t.Errorf("gaps %v", gaps)
	}
}
