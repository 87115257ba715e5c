package io.tapsentinel.monitoring.health;

import java.util.function.BooleanSupplier;

/** Whether the process itself can go on. Liveness asks this part only, since a restart fixes nothing else. */
public final class ProcessHealthCheck extends ProgramHealthCheck {

    private final BooleanSupplier stuck;

    /** @param stuck whether only a restart can help; asked at every probe, so it must answer at once */
    public ProcessHealthCheck(BooleanSupplier stuck) {
        super("process");
        this.stuck = stuck;
    }

    @Override
    public boolean isLiveness() {
        return true;
    }

    @Override
    protected void look(Findings findings) {
        if (stuck.getAsBoolean()) {
            findings.problem(KnownProblem.STUCK);
        }
    }
}
