package command_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/sdk/command"
)

// The test's own binary is the token program when this variable says how it behaves.
const behaviour = "TOKEN_PROGRAM"

func TestMain(m *testing.M) {
	if how := os.Getenv(behaviour); how != "" {
		os.Exit(program(how))
	}
	os.Exit(m.Run())
}

const secret = "secret-token"

func program(how string) int {
	fmt.Fprintln(os.Stderr, "signing in with "+secret)
	switch how {
	case "plain":
		fmt.Println(" " + secret)
	case "argument":
		fmt.Println(os.Args[1])
	case "oauth":
		fmt.Printf(`{"access_token": %q, "token_type": "Bearer", "expires_in": 300}`, secret)
	case "odd":
		fmt.Print(`{"token": "` + secret + `"}`)
	case "fails":
		fmt.Println(secret)
		return 3
	case "hangs":
		select {}
	case "floods":
		for range 1000 {
			if _, err := fmt.Print(strings.Repeat("a", 1000)); err != nil {
				return 1
			}
		}
	case "counts":
		file, err := os.OpenFile(os.Args[1], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return 1
		}
		if _, err := file.WriteString("x"); err != nil {
			return 1
		}
		fmt.Println(secret)
	}
	return 0
}

func config(t *testing.T, how string, args ...string) command.Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return command.Config{Path: self, Args: args, Env: append(os.Environ(), behaviour+"="+how)}
}

func ask(t *testing.T, c command.Config) (string, error) {
	t.Helper()
	source, err := command.NewTokenSource(c)
	if err != nil {
		t.Fatal(err)
	}
	return source.Token(t.Context())
}

func TestTheProgramsOutputIsTheToken(t *testing.T) {
	for how, args := range map[string][]string{"plain": nil, "argument": {secret}, "oauth": nil} {
		if token, err := ask(t, config(t, how, args...)); err != nil || token != secret {
			t.Errorf("%s: %q, error %v", how, token, err)
		}
	}
}

func TestWhatGoesWrongIsSaidWithoutASecret(t *testing.T) {
	patient, hasty, small := 5*time.Second, 50*time.Millisecond, 10_000
	tests := map[string]struct {
		timeout time.Duration
		want    string
	}{
		"fails":   {patient, "exit code 3"},
		"hangs":   {hasty, "not done within 50ms"},
		"floods":  {patient, "more than 10000 bytes"},
		"odd":     {patient, "no access_token"},
		"nothing": {patient, "gave no token"},
	}
	for how, test := range tests {
		t.Run(how, func(t *testing.T) {
			c := config(t, how)
			c.Timeout, c.MaxBytes = test.timeout, small
			token, err := ask(t, c)
			if token != "" || err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), c.Path) {
				t.Errorf("%q, error %v", token, err)
			}
		})
	}
	if token, err := ask(t, command.Config{Path: filepath.Join(t.TempDir(), "none")}); token != "" || err == nil || !strings.Contains(err.Error(), "cannot be started") {
		t.Errorf("no program: %q, error %v", token, err)
	}
	if _, err := command.NewTokenSource(command.Config{}); err == nil {
		t.Error("a source without a program")
	}
}

func TestTheProgramRunsOnceForManyCalls(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	source, err := command.NewTokenSource(config(t, "counts", runs))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for range 10 {
		go func() {
			_, err := source.Token(context.WithoutCancel(t.Context()))
			done <- err
		}()
	}
	for range 10 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got, err := os.ReadFile(runs); err != nil || len(got) != 1 {
		t.Errorf("ran %d times, error %v", len(got), err)
	}
}
