package io.tapsentinel.monitoring.health;

import io.tapsentinel.yamlroutes.RoutesReload;
import java.util.List;

/** Whether the routes that run are those of the folder; DEGRADED while an edit is refused, with the first reason. */
public final class RoutesHealthCheck extends ProgramHealthCheck {

    private final RoutesReload reload;

    public RoutesHealthCheck(RoutesReload reload) {
        super("routes");
        this.reload = reload;
    }

    @Override
    protected void look(Findings findings) {
        List<String> refused = reload.refused();
        if (!refused.isEmpty()) {
            findings.detail("routes.refused", refused.get(0)).problem(KnownProblem.ROUTES, refused.get(0));
        }
    }
}
