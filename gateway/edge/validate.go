package edge

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// newValidator makes a validator and proves at the start that the rules of every
// request can be applied.
func newValidator(surfaces ...*surface) (protovalidate.Validator, error) {
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("edge: the contract's rules: %w", err)
	}
	for _, s := range surfaces {
		for _, m := range s.methods {
			if err := tryRules(validator, m); err != nil {
				return nil, err
			}
		}
	}
	return validator, nil
}

// tryRules applies the rules of a method's request to one with nothing in it.
func tryRules(validator protovalidate.Validator, m *method) error {
	if !m.ours {
		return nil
	}
	request, err := emptyRequest(m.name)
	if err != nil {
		return err
	}
	var broken *protovalidate.ValidationError
	if err := validator.Validate(request); err != nil && !errors.As(err, &broken) {
		return fmt.Errorf("edge: the rules of the requests of %s: %w", m.name, err)
	}
	return nil
}

// emptyRequest is a request of a method, with nothing in it.
func emptyRequest(fullMethod string) (proto.Message, error) {
	name := strings.ReplaceAll(strings.TrimPrefix(fullMethod, "/"), "/", ".")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	input := found.(protoreflect.MethodDescriptor).Input().FullName()
	kind, err := protoregistry.GlobalTypes.FindMessageByName(input)
	if err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	return kind.New().Interface(), nil
}

// asked validates a request, and once it is whole tells the audit what is asked.
func (e *Edge) asked(ctx context.Context, c *call, request any) error {
	message, ok := request.(proto.Message)
	if !ok {
		return nil
	}
	if err := e.readable(message); err != nil || !c.method.ours {
		return err
	}
	if err := e.validate(ctx, c, message); err != nil {
		return err
	}
	if about, ok := requestOf(message); ok && c.entry != nil {
		c.entry.Ask(about)
	}
	return nil
}

func (e *Edge) validate(ctx context.Context, c *call, message proto.Message) error {
	if isPlain(message) {
		return nil
	}
	err := e.validator.Validate(message)
	var broken *protovalidate.ValidationError
	switch {
	case err == nil:
		if broken := brokenPeriods(message); len(broken) > 0 {
			return failure.Invalid(broken...)
		}
		return nil
	case errors.As(err, &broken):
		return failure.Invalid(violations(message, broken)...)
	}
	// A rule that could not be applied, to a value that its author did not think of.
	// What it says may hold that value.
	e.options.Logger.ErrorContext(ctx, "a rule could not be applied",
		"request_id", c.id, "method", c.method.name, "kind", fmt.Sprintf("%T", err))
	return failure.New(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "the request holds a value that its rules cannot judge")
}

func violations(request proto.Message, broken *protovalidate.ValidationError) []failure.Violation {
	var all []failure.Violation
	for _, v := range broken.Violations {
		all = append(all, failure.Violation{
			Field: pathOf(v.Proto.GetField()), Rule: v.Proto.GetRuleId(), Message: messageOf(request, v.Proto),
		})
	}
	return all
}

// pathOf is the path of a field. Keys of maps, which are values of the request, are left out.
func pathOf(path *validate.FieldPath) string {
	var parts []string
	for _, element := range path.GetElements() {
		part := element.GetFieldName()
		if element.HasIndex() {
			part += fmt.Sprintf("[%d]", element.GetIndex())
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "request"
	}
	return strings.Join(parts, ".")
}

// messageOf is a rule in words. The library's own words for enumerations name numbers,
// which nobody writes.
func messageOf(request proto.Message, v *validate.Violation) string {
	if strings.HasPrefix(v.GetRuleId(), "enum.") {
		if e := enumAt(request.ProtoReflect().Descriptor(), v.GetField()); e != nil {
			return "must be stated: " + valuesOf(e)
		}
	}
	if v.GetMessage() == "" {
		return "breaks the rule " + v.GetRuleId()
	}
	return v.GetMessage()
}

// enumAt is the enumeration of the field at a path, or nil.
func enumAt(m protoreflect.MessageDescriptor, path *validate.FieldPath) protoreflect.EnumDescriptor {
	var field protoreflect.FieldDescriptor
	for _, element := range path.GetElements() {
		if m == nil {
			return nil
		}
		field = m.Fields().ByNumber(protoreflect.FieldNumber(element.GetFieldNumber()))
		if field == nil {
			return nil
		}
		m = field.Message()
	}
	if field == nil {
		return nil
	}
	return field.Enum()
}

// mostNames is how many values of an enumeration are listed.
const mostNames = 8

// valuesOf lists the values of an enumeration but for the first, which states nothing.
func valuesOf(e protoreflect.EnumDescriptor) string {
	var names []string
	for i := 1; i < min(e.Values().Len(), mostNames+1); i++ {
		names = append(names, string(e.Values().Get(i).Name()))
	}
	words := strings.Join(names, ", ")
	if len(names) > 1 {
		words = "one of " + words
	}
	if e.Values().Len() > mostNames+1 {
		words += " and the others of " + string(e.Name())
	}
	return words
}

// asking is what every request for a record or a document says.
type asking interface {
	GetPatient() *lhcrv1.PatientQuery
	GetAccess() *lhcrv1.AccessContext
}

// requestOf is what the audit is told of a request; false for one that is about nobody.
func requestOf(message proto.Message) (audit.Request, bool) {
	switch m := message.(type) {
	case *lhcrv1.GetRecordRequest:
		r := subjectOf(m)
		r.Sections, r.Regions, r.AllRegions = m.GetSections(), m.GetRegions().GetRegionIds(), m.GetRegions().GetAll()
		return r, true
	case *lhcrv1.StreamRecordRequest:
		return requestOf(m.GetQuery())
	case *lhcrv1.GetDocumentRequest:
		r := subjectOf(m)
		r.Regions, r.Document = []string{m.GetRegionId()}, m.GetItemId()
		return r, true
	case *lhcrv1.PurgePatientRequest:
		return audit.Request{NHSNumber: audit.Patient(m.GetPatient().GetNhsNumber())}, true
	}
	return audit.Request{}, false
}

func subjectOf(m asking) audit.Request {
	return audit.Request{NHSNumber: audit.Patient(m.GetPatient().GetNhsNumber()), Access: m.GetAccess()}
}
