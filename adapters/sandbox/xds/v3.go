package xds

import (
	"crypto/rand"
	_ "embed"
	"strings"
	"text/template"

	"github.com/beevik/etree"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

const (
	interactions = "2.16.840.1.113883.1.6"
	timeLayout   = "20060102150405"
)

//go:embed pix.xml.tmpl
var pixTemplate string

//go:embed xcpd.xml.tmpl
var xcpdTemplate string

// instance is an HL7 v3 instance identifier.
type instance struct{ Root, Extension string }

// acknowledged is what every HL7 v3 answer says. Code is AA, AE or AR; Response is OK, NF, AE or QE.
type acknowledged struct {
	Root, ID, Time   string
	Request, Query   instance
	Sender, Receiver string
	Home, TheirHome  string
	Code, Response   string
	Detail, Location string
	Parameters       string
	IDs              []instance
	Number           string
	Given, Family    string
	BirthTime        string
	Authority        string
}

// v3 begins an answer to an HL7 v3 query, or says why there can be none but a refusal.
func (c *community) v3(m *soap.Message) (*acknowledged, *etree.Element) {
	query := soap.At(m.Payload, v3Space, "controlActProcess", "queryByParameter")
	a := &acknowledged{
		Root: c.Authority + ".8", ID: rand.Text(), Time: c.now().UTC().Format(timeLayout), Code: "AA", Response: "OK",
		Request: instanceOf(soap.Child(m.Payload, v3Space, "id")), Query: instanceOf(soap.Child(query, v3Space, "queryId")),
		Sender:    instanceOf(soap.At(m.Payload, v3Space, "receiver", "device", "id")).Root,
		Receiver:  instanceOf(soap.At(m.Payload, v3Space, "sender", "device", "id")).Root,
		TheirHome: instanceOf(soap.At(m.Payload, v3Space, "sender", "device", "asAgent", "representedOrganization", "id")).Root,
		Home:      c.HomeCommunity, Authority: c.Authority,
	}
	list := soap.Child(query, v3Space, "parameterList")
	if list != nil {
		a.Parameters = source(list)
	}
	if wrong := incomplete(m, a); wrong != "" {
		a.refuse("101", wrong, "")
		return a, nil
	}
	return a, list
}

// incomplete says what a v3 query lacks (transmission and control act wrapper).
func incomplete(m *soap.Message, a *acknowledged) string {
	p := m.Payload
	switch {
	case p.SelectAttrValue("ITSVersion", "") != "XML_1.0":
		return "ITSVersion is not XML_1.0"
	case a.Request.Root == "", a.Query.Root == "":
		return "the message or the query has no id"
	case a.Sender == "", a.Receiver == "":
		return "sender or receiver has no device id"
	case instanceOf(soap.Child(p, v3Space, "interactionId")) != instance{interactions, p.Tag}:
		return "interactionId is not that of the message"
	case soap.Child(p, v3Space, "creationTime") == nil, soap.Child(p, v3Space, "processingCode") == nil,
		soap.Child(p, v3Space, "processingModeCode") == nil, soap.Child(p, v3Space, "acceptAckCode") == nil:
		return "the transmission wrapper lacks an element"
	case valueOf(soap.At(p, v3Space, "controlActProcess", "queryByParameter", "statusCode"), "code") != "new":
		return "the query's status is not new"
	case a.Parameters == "":
		return "the query has no parameters"
	}
	return ""
}

// refuse makes the answer an application error. Codes are of HL7 table 0357.
func (a *acknowledged) refuse(code, why, location string) {
	a.Code, a.Response, a.Detail, a.Location = "AE", "AE", code+"|"+why, location
	a.IDs = nil
}

func (a *acknowledged) notFound() { a.Response, a.IDs = "NF", nil }

// DetailCode and DetailText are the halves of the acknowledgement's detail.
func (a *acknowledged) DetailCode() string { code, _, _ := strings.Cut(a.Detail, "|"); return code }

// DetailText is in words.
func (a *acknowledged) DetailText() string { _, text, _ := strings.Cut(a.Detail, "|"); return text }

func (a *acknowledged) reply(text, action string, m *soap.Message) fault.Reply {
	var b strings.Builder
	answer := template.Must(template.New("v3").Funcs(template.FuncMap{"x": soap.Escape}).Parse(text))
	if err := answer.Execute(&b, a); err != nil {
		panic("xds: an answer of HL7 v3: " + err.Error())
	}
	return soap.Answer(action, m.ID, b.String())
}

func instanceOf(e *etree.Element) instance {
	return instance{valueOf(e, "root"), valueOf(e, "extension")}
}

func valueOf(e *etree.Element, attribute string) string {
	if e == nil {
		return ""
	}
	return e.SelectAttrValue(attribute, "")
}

// source is an element as XML that stands in the default namespace of HL7 v3.
func source(e *etree.Element) string {
	var b strings.Builder
	echo(&b, e)
	return b.String()
}

// echo writes elements and text anew: prefixes that the request declared elsewhere do not come along.
func echo(b *strings.Builder, e *etree.Element) {
	b.WriteString("<" + e.Tag)
	for _, attr := range e.Attr {
		if attr.Space == "" && attr.Key != "xmlns" {
			b.WriteString(" " + attr.Key + `="` + soap.Escape(attr.Value) + `"`)
		}
	}
	b.WriteString(">" + soap.Escape(soap.Text(e)))
	for _, child := range e.ChildElements() {
		echo(b, child)
	}
	b.WriteString("</" + e.Tag + ">")
}
