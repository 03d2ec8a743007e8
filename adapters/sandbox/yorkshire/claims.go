package yorkshire

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"time"
)

const (
	audience = "IAM"
	scope    = "fhir.*"
	// longest is the longest lifetime that a published example shows.
	longest = time.Hour
	// skew is how far clocks may differ.
	skew = 30 * time.Second

	// The codes that this simulated region gave the gateway. What real codes mean is not published.
	reasonDirectCare = "1"
	reasonEmergency  = "3"
	rolePharmacist   = "4"
	roleTechnician   = "2"
)

// code is a claim that published examples show now as a string, now as a number.
type code string

// UnmarshalJSON takes a string or a number.
func (c *code) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte{'"'}) {
		return json.Unmarshal(raw, (*string)(c))
	}
	var n json.Number
	err := json.Unmarshal(raw, &n)
	*c = code(n.String())
	return err
}

// claims are the payload of the gateway's assertion and of the token that IAM makes of it.
type claims struct {
	Issuer   string   `json:"iss"`
	Audience code     `json:"aud"`
	Subject  code     `json:"sub"`
	ID       string   `json:"jti"`
	Issued   int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	ODS      string   `json:"ods"`
	Reason   code     `json:"rsn"`
	User     user     `json:"usr"`
	Patient  *patient `json:"pat"`
	Scope    string   `json:"scope"`
}

type user struct {
	Role   code       `json:"rol"`
	Org    string     `json:"org"`
	Family string     `json:"fam"`
	Given  string     `json:"giv"`
	IDs    []identity `json:"ids"`
}

type identity struct {
	System string `json:"sys"`
	Code   string `json:"idc"`
}

type patient struct {
	NHSNumber code   `json:"nhs"`
	Family    string `json:"fam"`
	Given     string `json:"giv"`
	Birth     string `json:"dob"`
}

var (
	odsCode   = regexp.MustCompile(`^[A-Z0-9]{3,10}$`)
	tenDigits = regexp.MustCompile(`^[0-9]{10}$`)
	eightDate = regexp.MustCompile(`^([0-9]{8})?$`)
)

// rule is one thing that the claims must be; its name is what a refusal says.
type rule struct {
	name string
	met  bool
}

// wrong names the first claim that is missing or wrong, or "".
func (c claims) wrong(clientID string, now time.Time) string {
	for _, r := range slices.Concat(c.tokenRules(clientID, now), c.userRules()) {
		if !r.met {
			return r.name
		}
	}
	return ""
}

func (c claims) tokenRules(clientID string, now time.Time) []rule {
	issued, expires := time.Unix(c.Issued, 0), time.Unix(c.Expires, 0)
	return []rule{
		{"iss is not the client id", c.Issuer == clientID},
		{"aud is not " + audience, c.Audience == audience},
		{"sub is missing", c.Subject != ""},
		{"jti is missing", c.ID != ""},
		{"iat lies in the future", c.Issued > 0 && !issued.After(now.Add(skew))},
		{"exp has passed", now.Before(expires.Add(skew))},
		{"exp is more than an hour after iat", expires.After(issued) && expires.Sub(issued) <= longest},
		{"scope is not " + scope, c.Scope == "" || c.Scope == scope},
	}
}

func (c claims) userRules() []rule {
	rules := []rule{
		{"ods is no ODS code", odsCode.MatchString(c.ODS)},
		{"rsn is not known", c.Reason == reasonDirectCare || c.Reason == reasonEmergency},
		{"usr.rol is not known", c.User.Role == rolePharmacist || c.User.Role == roleTechnician},
		{"usr.org differs from ods", c.User.Org == c.ODS},
		{"usr.fam or usr.giv is missing", c.User.Family != "" && c.User.Given != ""},
		{"usr.ids names nobody", len(c.User.IDs) > 0 && c.User.IDs[0].System != "" && c.User.IDs[0].Code != ""},
	}
	if c.Patient != nil {
		rules = append(rules,
			rule{"pat.nhs " + string(c.Patient.NHSNumber) + " is not ten digits", tenDigits.MatchString(string(c.Patient.NHSNumber))},
			rule{"pat.dob " + c.Patient.Birth + " is not YYYYMMDD", eightDate.MatchString(c.Patient.Birth)})
	}
	return rules
}
