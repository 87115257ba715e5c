package io.tapsentinel.testing;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Base of tests with simulated services and collected log lines. */
public abstract class SimulatedRun {

    @AutoClose
    protected final SimulatedServices services;

    @RegisterExtension
    protected final LogLines log = new LogLines();

    protected SimulatedRun() {
        this(new SimulatedServices());
    }

    protected SimulatedRun(SimulatedServices services) {
        this.services = services;
    }
}
