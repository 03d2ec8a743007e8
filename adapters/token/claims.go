package token

import (
	"fmt"
	"io"
	"strings"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// claims are those of an Interweave JWT, as its published examples name them. The examples
// disagree on number or string for codes and ids; strings here.
type claims struct {
	Issuer       string   `json:"iss"`
	Subject      string   `json:"sub"`
	Audience     string   `json:"aud"`
	ID           string   `json:"jti,omitempty"`
	IssuedAt     int64    `json:"iat,omitempty"`
	Expires      int64    `json:"exp,omitempty"`
	Organisation string   `json:"ods"`
	Reason       string   `json:"rsn"`
	Scope        string   `json:"scope,omitempty"`
	User         user     `json:"usr"`
	Patient      *patient `json:"pat,omitempty"`
}

// user is the originating person. The id tells who it is; the name is for people to read.
type user struct {
	Role         string   `json:"rol"`
	Organisation string   `json:"org"`
	Family       string   `json:"fam,omitempty"`
	Given        string   `json:"giv,omitempty"`
	IDs          []userID `json:"ids"`
}

type userID struct {
	System string `json:"sys"`
	ID     string `json:"idc"`
}

type patient struct {
	NHSNumber string `json:"nhs"`
	BirthDate string `json:"dob,omitempty"` // YYYYMMDD
}

func (m *interweave) claims(req Request) (claims, error) {
	caller := req.Caller
	if caller.GetOrganisationOdsCode() == "" || caller.GetPersonId() == "" {
		return claims{}, &Error{Code: codes.PermissionDenied, Message: "the region must be told the caller's organisation and person"}
	}
	reason, err := m.code("reason." + reasonName(caller.GetAccess()))
	if err != nil {
		return claims{}, err
	}
	role, err := m.code("role." + caller.GetRoleCode())
	if err != nil {
		return claims{}, err
	}
	return claims{
		Issuer: m.cfg.Issuer, Subject: m.cfg.Subject, Audience: m.cfg.Audience,
		Organisation: caller.GetOrganisationOdsCode(), Reason: reason, Scope: m.cfg.Scope,
		User:    newUser(caller, role),
		Patient: m.patient(req.Patient),
	}, nil
}

func newUser(caller *adapterv1.Caller, role string) user {
	id := userID{System: caller.GetPersonIdSystem(), ID: caller.GetPersonId()}
	given, family := splitName(caller.GetPersonName())
	return user{Role: role, Organisation: caller.GetOrganisationOdsCode(), Family: family, Given: given, IDs: []userID{id}}
}

// splitName takes the last word for the family name, unless a comma says which it is.
func splitName(name string) (given, family string) {
	if family, given, found := strings.Cut(name, ","); found {
		return strings.TrimSpace(given), strings.TrimSpace(family)
	}
	name = strings.TrimSpace(name)
	at := strings.LastIndexByte(name, ' ')
	return strings.TrimSpace(name[:max(at, 0)]), name[at+1:]
}

func (m *interweave) patient(p *lhcrv1.PatientQuery) *patient {
	if !m.cfg.NamePatient || p == nil {
		return nil
	}
	out := &patient{NHSNumber: p.GetNhsNumber()}
	if day := strings.ReplaceAll(p.GetDateOfBirth(), "-", ""); len(day) == len("YYYYMMDD") {
		out.BirthDate = day
	}
	return out
}

// reasonName is our name of why a record is read. An override is its own reason: a
// region must not take it for daily care.
func reasonName(access *lhcrv1.AccessContext) string {
	switch {
	case access.GetBasis() == lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE:
		return "emergency-override"
	case access.GetPurpose() == lhcrv1.Purpose_PURPOSE_DIRECT_CARE:
		return "direct-care"
	}
	return "unstated"
}

func (m *interweave) code(name string) (string, error) {
	if code := m.cfg.Codes[name]; code != "" {
		return code, nil
	}
	return "", &Error{
		Code:    codes.FailedPrecondition,
		Message: fmt.Sprintf("this deployment has no code for %q: ask the region for it and set it under codes", name),
	}
}

func errClaims() error {
	return &Error{Code: codes.Internal, Message: "the token request could not be signed"}
}

// randomID makes a version 4 UUID (RFC 9562, section 5.4).
func randomID(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
