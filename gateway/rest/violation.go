package rest

import (
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
)

// inCamelCase names the fields that an error blames as a body of JSON does.
func inCamelCase(err error) error {
	s := status.Convert(err).Proto()
	for _, detail := range s.GetDetails() {
		bad := &errdetails.BadRequest{}
		if !detail.MessageIs(bad) || detail.UnmarshalTo(bad) != nil {
			continue
		}
		for _, v := range bad.GetFieldViolations() {
			s.Message = strings.Replace(s.GetMessage(), v.GetField()+": ", camelCase(v.GetField())+": ", 1)
			v.Field = camelCase(v.GetField())
		}
		if detail.MarshalFrom(bad) != nil {
			return err
		}
	}
	return status.ErrorProto(s)
}

// camelCase is a path of the contract's field names as JSON writes them: the mapping of
// ProtoJSON, a capital in the place of an underscore and the letter behind it.
func camelCase(path string) string {
	var b strings.Builder
	capital := false
	for _, r := range path {
		switch {
		case r == '_':
			capital = true
			continue
		case capital:
			b.WriteString(strings.ToUpper(string(r)))
		default:
			b.WriteRune(r)
		}
		capital = false
	}
	return b.String()
}
