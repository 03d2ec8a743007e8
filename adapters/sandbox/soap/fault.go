package soap

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
)

// Fault is a SOAP 1.2 fault.
type Fault struct {
	// Status of HTTP: 400 for a Sender fault, 500 for others (SOAP 1.2 part 2, 7.5.2.2).
	Status int
	// Code is Sender, Receiver, MustUnderstand or VersionMismatch; Subcode a qualified name or "".
	Code, Subcode string
	Reason        string
}

// Sender is a fault of the one who asked.
func Sender(subcode, reason string) *Fault {
	return &Fault{Status: http.StatusBadRequest, Code: "Sender", Subcode: subcode, Reason: reason}
}

// Receiver is a fault of the one who was asked.
func Receiver(reason string) *Fault {
	return &Fault{Status: http.StatusInternalServerError, Code: "Receiver", Reason: reason}
}

// Security is a fault of WS-Security 1.1 (section 12), such as "wsse:FailedAuthentication".
func Security(code, reason string) *Fault {
	return &Fault{Status: http.StatusInternalServerError, Code: "Sender", Subcode: "wsse:" + code, Reason: reason}
}

func addressing(code, reason string) *Fault { return Sender("wsa:"+code, reason) }

// Reply is the fault as an answer to the message of that id, which may be "".
func (f *Fault) Reply(relatesTo string) fault.Reply {
	var b strings.Builder
	b.WriteString(`<env:Fault><env:Code><env:Value>env:` + f.Code + `</env:Value>`)
	if f.Subcode != "" {
		b.WriteString(`<env:Subcode><env:Value>` + Escape(f.Subcode) + `</env:Value></env:Subcode>`)
	}
	b.WriteString(`</env:Code><env:Reason><env:Text xml:lang="en">` + Escape(f.Reason) + `</env:Text></env:Reason></env:Fault>`)
	return fault.Reply{
		Status: f.Status,
		Header: http.Header{"Content-Type": {MediaType + "; charset=UTF-8"}},
		Body:   Envelope(AddressingSpace+"/fault", relatesTo, b.String()),
	}
}

// Escape makes a string safe as text and as the value of an attribute.
func Escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
