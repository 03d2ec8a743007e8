package uses

import (
	"contract"
	"fmt"
)

func inATest(p *contract.Patient) { fmt.Println(p) }
