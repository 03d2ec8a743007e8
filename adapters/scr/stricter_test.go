package scr

import "testing"

func TestThePermissionThatIsReadIsTheStrictest(t *testing.T) {
	for _, tt := range []struct{ a, b, want string }{
		{"", permits, permits}, {"", mustBeAsked, mustBeAsked}, {"", refuses, refuses},
		{permits, refuses, refuses}, {refuses, permits, refuses}, {permits, mustBeAsked, mustBeAsked}, {mustBeAsked, permits, mustBeAsked},
		{"", "yes", refuses}, {"", "NO", refuses}, {"", "Denied", refuses}, {permits, "", refuses},
	} {
		if got := stricter(tt.a, tt.b); got != tt.want {
			t.Errorf("%q beside %q is read as %q, want %q", tt.b, tt.a, got, tt.want)
		}
	}
}
