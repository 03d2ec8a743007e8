package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
	"google.golang.org/grpc/codes"
)

// cacheCommand is about what a gateway keeps.
type cacheCommand struct {
	Purge cachePurge `cmd:"" help:"Make a gateway forget everything that it keeps of one patient."`
	Key   cacheKey   `cmd:"" help:"Print a file of new keys for what gateways keep in Redis, or one with a new first key."`
}

// cachePurge is `cache purge`. It takes no number in its arguments, where others could see it.
type cachePurge struct {
	adminFlags
	formatFlag
	NHSNumberFile string `name:"nhs-number-file" required:"" placeholder:"FILE|-" help:"A file whose first line is the NHS number; - for standard input."`
}

// Help teaches.
func (cachePurge) Help() string {
	return `Asks the gateway's admin listener (listen.admin). The token must carry the permission
"cache.purge". Once it is done, no gateway that shares the cache serves anything that
was kept of the patient before, and a lookup under way keeps nothing of it.

  lhcr cache purge --server-name gateway.example --ca ca.pem --token-file operator.token --nhs-number-file -`
}

// Run runs `cache purge`.
func (p cachePurge) Run(ctx context.Context, c *console.Console) (err error) {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	number, err := p.number(c)
	if err != nil {
		return err
	}
	conn, err := p.dial()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	answer, err := conn.purge(ctx, number)
	if err != nil {
		return p.explained(purgeExplained(err))
	}
	return p.tell(c, answer)
}

// number is the patient's, checked before anybody is asked. Its error does not repeat it.
func (p cachePurge) number(c *console.Console) (string, error) {
	patient, err := patientFlags{NHSNumberFile: p.NHSNumberFile}.named(c)
	if err != nil {
		return "", err
	}
	number, err := nhsnumber.Parse(patient.NHSNumber)
	if err != nil {
		return "", usageError{err}
	}
	return number.Reveal(), nil
}

// purgeExplained says what to do about a purge that was not done.
func purgeExplained(err error) error {
	var failure *sdk.Error
	switch {
	case errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE)):
		return fmt.Errorf("not done: this gateway serves nothing that it kept before, but the Redis that gateways share did not take the purge, "+
			"so others may still serve it. The gateway repeats it by itself; run this command again until it succeeds: %w", err)
	case errors.As(err, &failure) && failure.Code == codes.Unimplemented:
		return fmt.Errorf("--target: what answers there purges nothing: give the gateway's admin address (listen.admin), and see that cache.enabled is true: %w", err)
	}
	return err
}

func (p cachePurge) tell(c *console.Console, answer *lhcrv1.PurgePatientResponse) error {
	if p.json() {
		said, err := indentedJSON(answer)
		if err != nil {
			return err
		}
		return c.Write(said)
	}
	at := answer.GetPurgedAt().AsTime().UTC().Format(time.RFC3339)
	return c.Write("forgotten at " + at + " in: " + strings.Join(answer.GetLayers(), ", ") + "\n")
}

// cacheKey is `cache key`.
type cacheKey struct {
	Rotate string `placeholder:"FILE" help:"Print this key file with a new first key instead. The file itself is left alone."`
}

// Help teaches.
func (cacheKey) Help() string {
	return `The file is for cache.key_file, the same on every gateway that shares a Redis. Whoever
has it can read what is kept there.

  (umask 077; lhcr cache key > cache.keys)
  (umask 077; lhcr cache key --rotate cache.keys > cache.keys.new) && mv cache.keys.new cache.keys`
}

// Run runs `cache key`.
func (k cacheKey) Run(c *console.Console) error {
	file, err := k.file()
	if err != nil {
		return err
	}
	return c.Write(string(file))
}

func (k cacheKey) file() ([]byte, error) {
	if k.Rotate == "" {
		return seal.NewFile(rand.Reader, time.Now())
	}
	old, err := readKeyFile(k.Rotate)
	if err != nil {
		return nil, err
	}
	file, err := seal.Rotate(old, rand.Reader, time.Now())
	if err != nil {
		return nil, fmt.Errorf("--rotate: %w", err)
	}
	return file, nil
}

// readKeyFile reads no more of a file than a key file can have, and a byte to tell.
func readKeyFile(path string) (content []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--rotate: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, seal.MaxFileBytes+1))
}
