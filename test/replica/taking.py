"""What a replica knows of one log: taking segments and proofs, holding, freezing (spec/log.md, "Taking a segment")."""

INFINITY = float("inf")
ZEROS = bytes(32)


class Knowledge:
    """One log as one replica knows it."""

    def __init__(self, today):
        self.today = today
        self.freeze = INFINITY
        self.taken = []  # commits: lists of segments, cut at the freeze that held when they came
        self.ids = {0: ZEROS}  # by length; what stands above the freeze is asked for no more
        self.here = {}  # seq: (entry, "payload", "dropped" or "stripped")
        self.retracted = []  # ranges, by entries before the freeze

    # derive()

    def add(self, segment):
        """Adds a segment to what is here; what was stripped before waits for `settle`."""
        for entry in segment.entries:
            if 0 < entry.seq < self.freeze:
                self.retracted += entry.means.retracts
        for entry in segment.entries:
            if self.state(entry.seq) in ("payload", "dropped"):
                continue
            if entry.payload is not None:
                self.here[entry.seq] = (entry, "payload")
            elif entry.seq < self.freeze and self.has_cause(entry):
                self.here[entry.seq] = (entry, "dropped")
            elif entry.seq not in self.here:
                self.here[entry.seq] = (entry, "stripped")

    def settle(self, caused=lambda entry: False):
        """The end of a commit: what was stripped may have a cause by now, in another log too."""
        for seq, (entry, state) in self.here.items():
            if state == "stripped" and seq < self.freeze and (self.has_cause(entry) or 0 < seq and caused(entry)):
                self.here[seq] = (entry, "dropped")

    def derive_again(self):
        """What is here under a lower freeze, from the commits before and the one that is being filled."""
        self.here, self.retracted = {}, []
        for number, commit in enumerate(self.taken):
            for segment in commit:
                self.add(segment)
            if number + 1 < len(self.taken):
                self.settle()

    def has_cause(self, entry):
        if entry.seq == 0:
            return False
        expired = entry.means.expires is not None and entry.means.expires <= self.today
        return expired or self.is_retracted(entry.seq)

    def is_retracted(self, seq):
        return any(start <= seq < end for start, end in self.retracted)

    # what follows from it

    def state(self, seq):
        return self.here[seq][1] if seq in self.here else None

    def is_held(self, seq):
        return seq < self.freeze and self.state(seq) in ("payload", "dropped")

    def is_left_over(self, seq):
        return seq >= self.freeze and self.state(seq) == "payload"

    def held(self):
        return sorted(seq for seq in self.here if self.is_held(seq))

    def left_over(self):
        return sorted(seq for seq in self.here if self.is_left_over(seq))

    def stripped(self):
        return sorted(seq for seq in self.here if seq < self.freeze and self.state(seq) == "stripped")

    def entries(self):
        """Held and left over, ascending."""
        return [self.here[seq][0] for seq in sorted(self.here) if self.is_held(seq) or self.is_left_over(seq)]

    # taking

    def begin(self):
        """Begins a commit."""
        self.taken.append([])

    def take_proof(self, length):
        """Takes a verified proof at that length."""
        if length - 1 < self.freeze:
            self.freeze = length - 1
            self.derive_again()

    def take(self, segment):
        """Takes a verified segment into the commit that was begun; the code of its refusal, or None."""
        if segment.end > self.freeze and self.knows(segment):
            return None
        for n in range(segment.first, min(segment.end, self.freeze) + 1):
            if n in self.ids and self.ids[n] != segment.id(n):
                self.take_proof(n)
                break
        code = "contradiction" if segment.end > self.freeze else None
        if segment.first <= self.freeze:
            self._keep(segment.cut(self.freeze))
        return code

    def knows(self, segment):
        """Whether a segment that reaches beyond the freeze was here before the freeze came."""
        if not all(self.is_held(e.seq) or self.is_left_over(e.seq) for e in segment.entries):
            return False
        last = segment.entries[-1]
        return self.here[last.seq][0].id == last.id

    def _keep(self, cut):
        before, retracted = dict(self.here), list(self.retracted)
        held = {seq for seq in before if self.is_held(seq)}
        self.add(cut)
        inside = [e.seq for e in cut.entries if e.seq < self.freeze]
        brings = any(seq not in before or (self.is_held(seq) and seq not in held) for seq in inside)
        if brings or (cut.first == self.freeze and self.freeze not in self.ids):
            self.taken[-1].append(cut)
            for n in range(cut.first, min(cut.end, self.freeze) + 1):
                self.ids[n] = cut.id(n)
        else:
            self.here, self.retracted = before, retracted
