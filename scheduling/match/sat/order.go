package sat

// order is a heap of the variables that may be decided next, the most active
// first (Moskewicz et al. 2001; as a heap, Eén and Sörensson 2003).
type order struct {
	heap     []uint32
	at       []int32 // by variable: its place in the heap; -1: not in it
	activity []float64
	step     float64
	decay    float64
}

func newOrder() order {
	return order{at: []int32{-1}, activity: []float64{0}, step: 1, decay: focusedDecay}
}

func (o *order) grow() {
	o.at = append(o.at, -1)
	o.activity = append(o.activity, 0)
}

func (o *order) insert(v uint32) {
	if o.at[v] >= 0 {
		return
	}
	o.heap = append(o.heap, v)
	o.up(len(o.heap) - 1)
}

// pop takes the most active variable out.
func (o *order) pop() uint32 {
	top := o.heap[0]
	last := len(o.heap) - 1
	v := o.heap[last]
	o.heap = o.heap[:last]
	o.at[top] = -1
	if last > 0 {
		o.heap[0] = v
		o.down(0)
	}
	return top
}

// bump makes a variable more active.
func (o *order) bump(v uint32) {
	o.activity[v] += o.step
	if o.activity[v] > 1e100 {
		o.rescale()
	}
	if o.at[v] >= 0 {
		o.up(int(o.at[v]))
	}
}

// fade makes all that was bumped before count for less.
func (o *order) fade() { o.step /= o.decay }

func (o *order) rescale() {
	for i := range o.activity {
		o.activity[i] *= 1e-100
	}
	o.step *= 1e-100
}

func (o *order) up(i int) {
	v := o.heap[i]
	for i > 0 {
		parent := (i - 1) / 2
		if o.activity[o.heap[parent]] >= o.activity[v] {
			break
		}
		o.put(i, o.heap[parent])
		i = parent
	}
	o.put(i, v)
}

func (o *order) down(i int) {
	v := o.heap[i]
	for {
		child := 2*i + 1
		if child >= len(o.heap) {
			break
		}
		if child+1 < len(o.heap) && o.activity[o.heap[child+1]] > o.activity[o.heap[child]] {
			child++
		}
		if o.activity[o.heap[child]] <= o.activity[v] {
			break
		}
		o.put(i, o.heap[child])
		i = child
	}
	o.put(i, v)
}

func (o *order) put(i int, v uint32) {
	o.heap[i] = v
	o.at[v] = int32(i)
}
