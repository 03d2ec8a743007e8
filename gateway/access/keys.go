package access

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-jose/go-jose/v4"
)

// maxKeyFile is the largest key set that is read.
const maxKeyFile = 1 << 20

// keySet is the issuer's public keys by their id.
type keySet map[string]jose.JSONWebKey

func readKeys(path string) (keySet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	source, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(source) > maxKeyFile {
		return nil, fmt.Errorf("larger than 1 MiB")
	}
	return parseKeys(source)
}

// parseKeys reads a JSON Web Key Set. One that holds anything but public keys with
// an id each is refused whole: a private or a symmetric key in that file is a
// mistake to notice, not to pass over. No error repeats what the file holds.
func parseKeys(source []byte) (keySet, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(source, &set); err != nil {
		return nil, errors.New("no JSON Web Key Set, or one with a key that cannot be read")
	}
	keys := keySet{}
	for i, key := range set.Keys {
		if err := checkKey(key); err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		if _, twice := keys[key.KeyID]; twice {
			return nil, fmt.Errorf("key %d: its kid is that of another key", i+1)
		}
		keys[key.KeyID] = key
	}
	if len(keys) == 0 {
		return nil, errors.New("holds no key")
	}
	return keys, nil
}

// minRSABits is the shortest RSA key that is taken (NIST SP 800-131A).
const minRSABits = 2048

func checkKey(key jose.JSONWebKey) error {
	switch k := key.Key.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSABits {
			return fmt.Errorf("an RSA key shorter than %d bits", minRSABits)
		}
	case *ecdsa.PublicKey, ed25519.PublicKey:
	default:
		return errors.New("want RSA, EC or Ed25519 public keys only: take private and symmetric keys out, and replace them, for others may have read them")
	}
	switch {
	case !key.Valid():
		return errors.New("is not valid")
	case key.KeyID == "":
		return errors.New("has no kid")
	case key.Use != "" && key.Use != "sig":
		return errors.New(`its use is not "sig"`)
	}
	return nil
}
