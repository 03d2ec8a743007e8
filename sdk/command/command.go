// Package command gets tokens from a program on this machine: one that signs a user
// in with a smartcard, or that a supplier's security team hands out. It is a package
// of its own so that only programs that start others carry os/exec.
package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/sdk"
)

const (
	// DefaultTimeout is how long the program may take.
	DefaultTimeout = 10 * time.Second
	// DefaultMaxBytes is how much it may write.
	DefaultMaxBytes = 64 << 10
	// linger is how long a child of the program may hold its output open after it ended.
	linger = time.Second
)

// Config says which program gives the token. Path is required.
//
// The program writes to its standard output either the token and nothing else, or the
// JSON object of an OAuth 2.0 token response (RFC 6749, 5.1): access_token and, in
// seconds, expires_in. It exits with 0. Its input is empty. What it writes to its
// standard error is thrown away, for it could hold a secret.
type Config struct {
	// Path is the program, best as an absolute path: a bare name is looked up in PATH.
	// No shell is involved.
	Path string
	// Args are its arguments. Other users of the machine can see them: no secret belongs there.
	Args []string
	// Dir is the folder in which it runs. Empty for this program's own.
	Dir string
	// Env is its environment, as KEY=value. Nil for this program's own.
	Env []string
	// Timeout is how long it may take: it is killed then. Zero for [DefaultTimeout].
	// More than 30 seconds come to nothing.
	Timeout time.Duration
	// MaxBytes is how much it may write. Zero for [DefaultMaxBytes].
	MaxBytes int
}

// NewTokenSource is a source of the program's tokens, for one user. The program runs
// when a token is first needed and again shortly before that token expires, which the
// token itself says if it is a JWT. Errors name neither the program nor what it wrote.
func NewTokenSource(config Config, options ...sdk.CacheOption) (*sdk.CachedToken, error) {
	if config.Path == "" {
		return nil, errors.New("command: a program is required")
	}
	config.Timeout = cmp.Or(config.Timeout, DefaultTimeout)
	config.MaxBytes = cmp.Or(config.MaxBytes, DefaultMaxBytes)
	return sdk.NewCachedToken(config.run, options...), nil
}

func (c Config) run(ctx context.Context) (sdk.Credential, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	began := time.Now()
	output := &bounded{limit: c.MaxBytes}
	program := exec.CommandContext(ctx, c.Path, c.Args...)
	program.Dir, program.Env, program.Stdout, program.WaitDelay = c.Dir, c.Env, output, linger
	if err := program.Run(); err != nil {
		return sdk.Credential{}, c.explained(ctx, output, err)
	}
	return read(output.Bytes(), began)
}

func (c Config) explained(ctx context.Context, output *bounded, err error) error {
	var exit *exec.ExitError
	switch {
	case output.exceeded:
		return fmt.Errorf("the token program wrote more than %d bytes", c.MaxBytes)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("the token program was not done within %v", c.Timeout)
	case errors.As(err, &exit) && exit.Exited():
		return fmt.Errorf("the token program failed with exit code %d", exit.ExitCode())
	case errors.As(err, &exit):
		return errors.New("the token program was ended by a signal")
	case errors.Is(err, exec.ErrWaitDelay):
		return errors.New("the token program left its output open")
	}
	return errors.New("the token program cannot be started")
}

// bounded keeps what is written up to a limit, and then ends the writing. It embeds
// nothing: a buffer's ReadFrom would go past the limit.
type bounded struct {
	kept     bytes.Buffer
	limit    int
	exceeded bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.kept.Len()+len(p) > b.limit {
		b.exceeded = true
		return 0, errors.New("too much")
	}
	return b.kept.Write(p)
}

// Bytes are what was written.
func (b *bounded) Bytes() []byte { return b.kept.Bytes() }

// read takes the token from the program's output.
func read(output []byte, now time.Time) (sdk.Credential, error) {
	output = bytes.TrimSpace(output)
	if !bytes.HasPrefix(output, []byte("{")) {
		return sdk.Credential{Token: string(output)}, nil
	}
	var reply struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if json.Unmarshal(output, &reply) != nil || strings.TrimSpace(reply.AccessToken) == "" {
		return sdk.Credential{}, errors.New("the token program wrote JSON that holds no access_token")
	}
	credential := sdk.Credential{Token: reply.AccessToken}
	if reply.ExpiresIn > 0 && reply.ExpiresIn < 1<<31 {
		credential.Expires = now.Add(time.Duration(reply.ExpiresIn * float64(time.Second)))
	}
	return credential, nil
}
