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
func newValidator(methods map[string]method) (protovalidate.Validator, error) {
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("edge: the contract's rules: %w", err)
	}
	for _, m := range methods {
		if !m.ours {
			continue
		}
		request, err := emptyRequest(m.name)
		if err != nil {
			return nil, err
		}
		var broken *protovalidate.ValidationError
		if err := validator.Validate(request); err != nil && !errors.As(err, &broken) {
			return nil, fmt.Errorf("edge: the rules of the requests of %s: %w", m.name, err)
		}
	}
	return validator, nil
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

// admit validates a request, and once it is whole tells the audit what is asked.
func (e *Edge) admit(ctx context.Context, c *call, request any) error {
	message, ok := request.(proto.Message)
	if !ok || !c.method.ours {
		return nil
	}
	if err := e.validate(ctx, c, message); err != nil {
		return err
	}
	if asked, ok := requestOf(message); ok && c.entry != nil {
		c.entry.Ask(asked)
	}
	return nil
}

func (e *Edge) validate(ctx context.Context, c *call, message proto.Message) error {
	err := e.validator.Validate(message)
	var broken *protovalidate.ValidationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &broken):
		return failure.Invalid(violations(broken)...)
	}
	// A rule that could not be applied, to a value that its author did not think of.
	// What it says may hold that value.
	e.options.Logger.ErrorContext(ctx, "a rule could not be applied",
		"request_id", c.id, "method", c.method.name, "kind", fmt.Sprintf("%T", err))
	return failure.New(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "the request holds a value that its rules cannot judge")
}

func violations(broken *protovalidate.ValidationError) []failure.Violation {
	var all []failure.Violation
	for _, v := range broken.Violations {
		all = append(all, failure.Violation{
			Field: pathOf(v.Proto.GetField()), Rule: v.Proto.GetRuleId(), Message: messageOf(v.Proto),
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

func messageOf(v *validate.Violation) string {
	if v.GetMessage() == "" {
		return "breaks the rule " + v.GetRuleId()
	}
	return v.GetMessage()
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
	}
	return audit.Request{}, false
}

func subjectOf(m asking) audit.Request {
	return audit.Request{NHSNumber: audit.Patient(m.GetPatient().GetNhsNumber()), Access: m.GetAccess()}
}
