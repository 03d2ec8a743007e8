package shell_test

import (
	"os/exec"
	"testing"

	"github.com/openlhcr/openlhcr/cmd/lhcr/shell"
)

func TestAShellTakesAQuotedWordAsItIs(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here")
	}
	for _, word := range []string{"plain-1.pem", "/tmp/a b/c", "it's", "$(id)", "`id`", "a;b", "", "*", "~", "ä"} {
		got, err := exec.CommandContext(t.Context(), sh, "-c", "printf %s "+shell.Quote(word)).Output()
		if err != nil || string(got) != word {
			t.Errorf("the shell makes %q of %q, error %v", got, word, err)
		}
	}
}
