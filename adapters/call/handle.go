package call

import (
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A handle is a version, a tag and the ids of the patient's records. The tag binds the ids to
// the region and to the NHS number that was asked for, so that a handle of another patient,
// of another region or of nobody's making is refused. Nothing of it is kept here.
const (
	handleVersion = 1
	tagSize       = sha256.Size
	idSeparator   = "\n"
)

// Handles makes and opens handles. It is safe for concurrent use.
type Handles struct {
	key    []byte
	region string
}

// NewHandles takes its key from the client secret where there is one: then a handle is good
// in every process of a deployment and after a restart. Otherwise it takes one from the
// environment's source of chance, whose error it gives.
func NewHandles(region string, env adapters.Environment) (Handles, error) {
	seed := []byte(env.Settings.ClientSecret.Reveal())
	if len(seed) == 0 {
		seed = make([]byte, sha256.Size)
		if _, err := io.ReadFull(env.Random, seed); err != nil {
			return Handles{}, err
		}
	}
	mac := hmac.New(sha256.New, seed)
	_, _ = mac.Write([]byte("openlhcr handle of " + region)) // a hash never fails to write
	return Handles{key: mac.Sum(nil), region: region}, nil
}

func (h Handles) tag(number, ids string) []byte {
	mac := hmac.New(sha256.New, h.key)
	_, _ = mac.Write([]byte{handleVersion})
	_, _ = mac.Write([]byte(strings.Join([]string{h.region, number, ids}, "\x00")))
	return mac.Sum(nil)
}

// Seal makes the handle of a patient's records. Nothing for no record. No id holds a line break.
func (h Handles) Seal(number string, ids []string) []byte {
	if len(ids) == 0 {
		return nil
	}
	joined := strings.Join(ids, idSeparator)
	return append(append([]byte{handleVersion}, h.tag(number, joined)...), joined...)
}

// Open gives the ids of a handle, none for an empty one. A handle that is not this
// patient's of this region is INVALID_ARGUMENT.
func (h Handles) Open(number string, handle []byte) ([]string, error) {
	if len(handle) == 0 {
		return nil, nil
	}
	if len(handle) <= 1+tagSize || handle[0] != handleVersion {
		return nil, errHandle()
	}
	joined := string(handle[1+tagSize:])
	if !hmac.Equal(handle[1:1+tagSize], h.tag(number, joined)) {
		return nil, errHandle()
	}
	return strings.Split(joined, idSeparator), nil
}

func errHandle() error {
	return status.Error(codes.InvalidArgument, "the handle is not one that this region gave for this patient: locate again")
}
