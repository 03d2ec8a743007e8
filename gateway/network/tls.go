package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
)

// soon is when a certificate is to be renewed, in days.
const soon = 30

func (t *trial) tls(ctx context.Context, step Step) Step {
	conn := tls.Client(t.conn, t.security())
	if err := conn.HandshakeContext(ctx); err != nil {
		return t.handshakeFailed(ctx, step, err)
	}
	t.conn = conn
	state := conn.ConnectionState()
	end := t.firstEnd(state)
	days := t.days(end)
	found := fmt.Sprintf("%s, issued by %q, valid until %s (%s)", tls.VersionName(state.Version), issuer(state.PeerCertificates), end.UTC().Format(time.DateOnly), inDays(days))
	if days < soon {
		return step.with(Attention, found, askRenewal)
	}
	return step.with(OK, found, "")
}

// firstEnd is when the first certificate of the chain expires.
func (t *trial) firstEnd(state tls.ConnectionState) time.Time {
	end := state.PeerCertificates[0].NotAfter
	for _, chain := range state.VerifiedChains[:min(1, len(state.VerifiedChains))] {
		for _, c := range chain {
			if c.NotAfter.Before(end) {
				end = c.NotAfter
			}
		}
	}
	return end
}

func (t *trial) days(end time.Time) int { return int(end.Sub(t.Now()).Hours() / 24) }

func inDays(days int) string {
	switch {
	case days < 0:
		return "it has expired"
	case days == 0:
		return "less than a day is left"
	case days == 1:
		return "1 day is left"
	}
	return fmt.Sprintf("%d days are left", days)
}

// issuer is who issued the last certificate of a chain that came.
func issuer(chain []*x509.Certificate) string {
	if len(chain) == 0 {
		return "nobody"
	}
	name := chain[len(chain)-1].Issuer
	if name.CommonName != "" {
		return name.CommonName
	}
	return name.String()
}

func (t *trial) handshakeFailed(ctx context.Context, step Step, err error) Step {
	var untrusted *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &untrusted):
		return untrustedBy(step, untrusted)
	case errors.As(err, &plain):
		return step.with(Failed, "what answers there speaks no TLS", askBetween)
	case errors.As(err, &op) && op.Op == "remote error":
		return t.alert(step, op.Err.Error())
	case ctx.Err() != nil:
		return step.with(Failed, "the handshake does not end in time", askBetween)
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return step.with(Failed, "the connection is cut off during the handshake, as firewalls do", askBetween+" "+t.askPassage())
	}
	return step.with(Failed, "the handshake fails", askVersion)
}

// untrustedBy says why the region's certificate is not trusted.
func untrustedBy(step Step, err *tls.CertificateVerificationError) Step {
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err.Err, &name):
		return step.with(Failed, "the certificate is for "+strings.Join(certified(name.Certificate), ", ")+" and not for this name", askName)
	case errors.As(err.Err, &invalid) && invalid.Reason == x509.Expired:
		c := invalid.Cert
		return step.with(Failed, fmt.Sprintf("a certificate of the chain is valid from %s until %s only", c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly)), askRenewal)
	case errors.As(err.Err, new(x509.UnknownAuthorityError)):
		return step.with(Failed, fmt.Sprintf("the certificate is issued by %q, whom we do not trust", issuer(err.UnverifiedCertificates)), askAuthority)
	}
	return step.with(Failed, "the certificate is not one that a service may show", askRenewal)
}

// certified are the names that a certificate is for.
func certified(c *x509.Certificate) []string {
	names := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return []string{"no name at all"}
	}
	return names[:min(len(names), 5)]
}

// alert is what the other side says of a handshake that it ends. A certificate that it
// does not take is ours.
func (t *trial) alert(step Step, words string) Step {
	if strings.Contains(words, "certificate") || strings.Contains(words, "access denied") || strings.Contains(words, "unknown certificate authority") {
		if t.hasCertificate() {
			return step.with(Failed, "our client certificate is refused", askOurs)
		}
		return step.with(Failed, "the region asks for a client certificate, and we have none", askMutual)
	}
	if strings.Contains(words, "protocol version") || strings.Contains(words, "handshake failure") {
		return step.with(Failed, "the region and we have no version or cipher of TLS in common", askVersion)
	}
	return step.with(Failed, "the region ends the handshake", askBetween)
}

func (t *trial) hasCertificate() bool { return len(t.address.TLS.Certificates) > 0 }

// certificate says whether our certificate is taken. Under TLS 1.3 a refusal comes only
// after the handshake: whoever refuses us ends the connection, whoever does not waits for
// what we have to say.
func (t *trial) certificate(ctx context.Context, step Step) Step {
	if !t.asked && !t.hasCertificate() {
		return step.with(OK, "none is asked for, and we have none", "")
	}
	if t.asked {
		if refusal := t.refusal(ctx); refusal != "" {
			return t.alert(step, refusal)
		}
	}
	if !t.hasCertificate() {
		return step.with(Attention, "one is asked for, and we have none", askMutual)
	}
	if !t.asked {
		return step.with(Attention, "ours is not asked for", "Ask the region whether it expects a client certificate at this address.")
	}
	return t.ownExpiry(step)
}

// refusal are the words of an alert that comes within a moment after the handshake.
func (t *trial) refusal(ctx context.Context) string {
	wait := min(t.Timeout/4, moment)
	if at, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(at)/2)
	}
	if err := t.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return ""
	}
	_, err := t.conn.Read(make([]byte, 1))
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op.Err.Error()
	}
	return ""
}

// moment is how long an alert may take to arrive.
const moment = 500 * time.Millisecond

func (t *trial) ownExpiry(step Step) Step {
	own, err := x509.ParseCertificate(t.address.TLS.Certificates[0].Certificate[0])
	if err != nil {
		return step.with(Attention, "it is taken, and cannot be read by us", askOwn)
	}
	days := t.days(own.NotAfter)
	found := fmt.Sprintf("ours is taken; it is valid until %s (%s)", own.NotAfter.UTC().Format(time.DateOnly), inDays(days))
	if days < soon {
		return step.with(Attention, found, askOwn)
	}
	return step.with(OK, found, "")
}
