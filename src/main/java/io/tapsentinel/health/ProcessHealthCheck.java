package io.tapsentinel.health;

/** Whether the process itself can go on. Liveness asks this part only, since a restart fixes nothing else. */
public final class ProcessHealthCheck extends ProgramHealthCheck {

    public ProcessHealthCheck() {
        super("process");
    }

    @Override
    public boolean isLiveness() {
        return true;
    }

    @Override
    protected void look(Findings findings) {
        // that it answers is enough
    }
}
