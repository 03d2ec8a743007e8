package telemetry_test

import (
	"bytes"
	"strings"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// shown are the fields whose text is meant to be seen.
var shown = map[protoreflect.Name]bool{
	"region_id": true, "region_ids": true, "request_id": true, "supplier_id": true, "organisation_ods_code": true, "role_code": true,
	"provider_ods_code": true, "version": true, "reader_version": true, "contract_version": true, "source_type": true, "source_types": true,
}

const marker = "CANARY"

// fill sets every text and bytes field of a message, and of those below it, but for the shown ones.
func fill(m protoreflect.Message, depth int) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case shown[f.Name()] || f.IsMap() || depth == 0 && f.Message() != nil:
		case f.IsList():
			fillList(m.Mutable(f).List(), f, depth)
		case f.Message() != nil:
			fill(m.Mutable(f).Message(), depth-1)
		default:
			setText(f, func(v protoreflect.Value) { m.Set(f, v) })
		}
	}
}

func fillList(l protoreflect.List, f protoreflect.FieldDescriptor, depth int) {
	if f.Message() != nil {
		fill(l.AppendMutable().Message(), depth-1)
		return
	}
	setText(f, l.Append)
}

func setText(f protoreflect.FieldDescriptor, set func(protoreflect.Value)) {
	switch f.Kind() {
	case protoreflect.StringKind:
		set(protoreflect.ValueOfString(marker))
	case protoreflect.BytesKind:
		set(protoreflect.ValueOfBytes([]byte(marker)))
	}
}

// No message of the contract, filled to the brim, shows a text in the log.
func TestNoTextOfAnyMessageIsShown(t *testing.T) {
	for _, m := range []proto.Message{
		&lhcrv1.GetRecordRequest{}, &lhcrv1.GetRecordResponse{}, &lhcrv1.StreamRecordRequest{}, &lhcrv1.StreamRecordResponse{},
		&lhcrv1.GetDocumentRequest{}, &lhcrv1.GetDocumentResponse{}, &lhcrv1.Person{}, &lhcrv1.HumanName{}, &lhcrv1.Address{}, &lhcrv1.SectionOutcome{}, &lhcrv1.Medication{},
		&lhcrv1.ResolveRegionsRequest{}, &lhcrv1.Document{}, &lhcrv1.SourceResource{},
		&adapterv1.FetchRequest{}, &adapterv1.FetchResponse{}, &adapterv1.LocateResponse{}, &adapterv1.FetchDocumentResponse{}, &adapterv1.ContributeRequest{},
	} {
		t.Run(string(m.ProtoReflect().Descriptor().Name()), func(t *testing.T) {
			fill(m.ProtoReflect(), 5)
			wire, err := proto.Marshal(m)
			if err != nil || !bytes.Contains(wire, []byte(marker)) {
				t.Fatalf("the message was not filled: %v", err)
			}
			m.ProtoReflect().SetUnknown(append(m.ProtoReflect().GetUnknown(), 0xFA, 0x7F, 6, 'C', 'A', 'N', 'A', 'R', 'Y'))
			var out bytes.Buffer
			logTo(t, &out, "text").Info("seen", "message", m)
			if strings.Contains(out.String(), marker) {
				t.Errorf("the log shows a text:\n%s", out.String())
			}
		})
	}
}

// The contract's marks are heeded.
func TestMarkedFieldsAreRedacted(t *testing.T) {
	var out bytes.Buffer
	logTo(t, &out, "json").Info("seen", "message", &lhcrv1.PatientQuery{NhsNumber: canaryNumber})
	if !strings.Contains(out.String(), `"nhs_number":"[redacted]"`) {
		t.Errorf("the log is %s", out.String())
	}
}
