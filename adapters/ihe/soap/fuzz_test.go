package soap_test

import (
	"errors"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// Whatever comes is a message or an error of ours, and what it holds is part of what came.
func FuzzRead(f *testing.F) {
	f.Add(related, []byte(message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello"))))
	f.Add("application/soap+xml", []byte(document("aGVsbG8=")))
	f.Add("multipart/related", []byte("--b\n\n<a/>\n--b--"))
	f.Add("", []byte(envelope(soap11, "", "<s:Fault><faultcode>s:Server</faultcode></s:Fault>")))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		m, err := soap.Read(contentType, body)
		var told *soap.Error
		if err != nil {
			if m != nil || !errors.As(err, &told) {
				t.Fatalf("%v", err)
			}
			return
		}
		_ = m.Answers("x")
		each(m.Body, func(e *xmltree.Element) {
			if content, err := m.Content(e); err == nil && len(content) > len(body) {
				t.Fatalf("%d bytes out of %d", len(content), len(body))
			}
		})
	})
}

func each(e *xmltree.Element, do func(*xmltree.Element)) {
	do(e)
	for _, c := range e.Children("") {
		each(c, do)
	}
}
