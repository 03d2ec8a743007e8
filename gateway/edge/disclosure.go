package edge

import (
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/wire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// disclosureOf is what the audit is told of an answer, or of a part of one.
// continues says that it goes on with something that a part before it began.
//
// An answer in pieces says it itself. Others may carry encoded bytes as fields that they do not know: those are
// skimmed for outcomes and completeness. Nothing of a record is decoded.
func disclosureOf(message any) (d audit.Disclosure, continues bool) {
	switch m := message.(type) {
	case *wire.Answer:
		d.Outcomes, d.Completeness = m.Outcomes, m.Completeness
	case *lhcrv1.GetRecordResponse:
		d.Outcomes, d.Completeness = outcomes(m.GetOutcomes()), m.GetCompleteness()
		skimResponse(unknown(m), &d)
	case *lhcrv1.StreamRecordResponse:
		d.Region, d.Outcomes = m.GetPart().GetRegionId(), outcomes(m.GetPart().GetOutcomes())
		d.Completeness = m.GetSummary().GetCompleteness()
		skimPart(unknown(m.GetPart()), &d)
		skimSummary(unknown(m.GetSummary()), &d)
		skimStreamed(unknown(m), &d)
	case *lhcrv1.GetDocumentResponse:
		d.Region = m.GetInfo().GetRegionId()
		continues = m.GetInfo() == nil
	}
	return d, continues
}

func unknown(m proto.Message) []byte { return m.ProtoReflect().GetUnknown() }

func outcomes(typed []*lhcrv1.SectionOutcome) []audit.SectionOutcome {
	var all []audit.SectionOutcome
	for _, o := range typed {
		all = append(all, audit.SectionOutcome{Region: o.GetRegionId(), Section: o.GetSection(), Status: o.GetStatus()})
	}
	return all
}

// The field numbers below are the contract's; a test encodes each message and
// compares what is skimmed with what is there.

func skimResponse(encoded []byte, d *audit.Disclosure) {
	skim(encoded, func(n protowire.Number, bytes []byte, number uint64) {
		switch n {
		case 2: // outcomes
			skimOutcome(bytes, d)
		case 3: // completeness
			d.Completeness = lhcrv1.Completeness(number)
		}
	})
}

func skimStreamed(encoded []byte, d *audit.Disclosure) {
	skim(encoded, func(n protowire.Number, bytes []byte, _ uint64) {
		switch n {
		case 1: // part
			skimPart(bytes, d)
		case 2: // summary
			skimSummary(bytes, d)
		}
	})
}

func skimPart(encoded []byte, d *audit.Disclosure) {
	skim(encoded, func(n protowire.Number, bytes []byte, _ uint64) {
		switch n {
		case 1: // region_id
			d.Region = string(bytes)
		case 3: // outcomes
			skimOutcome(bytes, d)
		}
	})
}

func skimSummary(encoded []byte, d *audit.Disclosure) {
	skim(encoded, func(n protowire.Number, _ []byte, number uint64) {
		if n == 1 { // completeness
			d.Completeness = lhcrv1.Completeness(number)
		}
	})
}

func skimOutcome(encoded []byte, d *audit.Disclosure) {
	var o audit.SectionOutcome
	skim(encoded, func(n protowire.Number, bytes []byte, number uint64) {
		switch n {
		case 1: // region_id
			o.Region = regionOf(bytes, d.Outcomes)
		case 2: // section
			o.Section = lhcrv1.Section(number)
		case 3: // status
			o.Status = lhcrv1.OutcomeStatus(number)
		}
	})
	if d.Outcomes == nil {
		d.Outcomes = make([]audit.SectionOutcome, 0, usualOutcomes)
	}
	d.Outcomes = append(d.Outcomes, o)
}

// usualOutcomes is how many outcomes most answers have at most.
const usualOutcomes = 32

// regionOf is a region's id: where it is the one of the outcome before, which most
// often it is, that very text.
func regionOf(id []byte, before []audit.SectionOutcome) string {
	if n := len(before); n > 0 && before[n-1].Region == string(id) {
		return before[n-1].Region
	}
	return string(id)
}

// skim walks the fields of an encoded message, without looking into any. It stops
// where the bytes are no message.
func skim(encoded []byte, field func(n protowire.Number, bytes []byte, number uint64)) {
	for len(encoded) > 0 {
		n, kind, tag := protowire.ConsumeTag(encoded)
		if tag < 0 {
			return
		}
		length := protowire.ConsumeFieldValue(n, kind, encoded[tag:])
		if length < 0 {
			return
		}
		value := encoded[tag : tag+length]
		switch kind {
		case protowire.BytesType:
			bytes, _ := protowire.ConsumeBytes(value)
			field(n, bytes, 0)
		case protowire.VarintType:
			number, _ := protowire.ConsumeVarint(value)
			field(n, nil, number)
		}
		encoded = encoded[tag+length:]
	}
}
