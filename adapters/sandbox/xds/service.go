package xds

import (
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

// answerer gives the NHS number that a request is about, or "", and its answer, given how it is to fail in content.
type answerer = func(*soap.Message) (number string, answer func(fault.Kind) fault.Reply)

// service is one address.
type service struct {
	*community
	path string
	// resource is what fault.Call names the calls by.
	resource string
	rules    soap.Rules
	answer   answerer
}

func (c *community) service(path, resource string, rules soap.Rules, answer answerer) *service {
	return &service{community: c, path: path, resource: resource, rules: rules, answer: answer}
}

// ServeHTTP answers one message.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.sys.Count(s.rules.Payload)
	m, refusal := s.admit(r)
	if refusal != nil {
		refusal.Reply(idOf(m)).Write(w)
		return
	}
	number, answer := s.answer(m)
	f, broken := s.sys.Faults().Take(fault.Call{NHSNumber: number, ResourceType: s.resource})
	if !broken {
		answer("").Write(w)
		return
	}
	f.NHSNumber = number
	s.fail(w, r, f, m, answer(f.Kind))
}

func (s *service) admit(r *http.Request) (*soap.Message, *soap.Fault) {
	m, refusal := soap.Read(r, s.rules)
	if refusal != nil {
		return nil, refusal
	}
	caller, refusal := s.users.Check(m)
	if refusal != nil {
		return m, refusal
	}
	s.sys.Heard(caller)
	return m, nil
}

func idOf(m *soap.Message) string {
	if m == nil {
		return ""
	}
	return m.ID
}
