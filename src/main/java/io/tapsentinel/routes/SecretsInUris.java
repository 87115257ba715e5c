package io.tapsentinel.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;

/** URIs are logged, shown and exported, so that none may hold a secret, by a placeholder neither. */
final class SecretsInUris {

    private static final Set<String> URI_BY_EXPRESSION =
            Set.of("enrich", "pollEnrich", "recipientList", "routingSlip", "dynamicRouter");

    private final RouteSet set;
    private final Secrets secrets;
    private final List<String> problems = new ArrayList<>();

    private SecretsInUris(RouteSet set) {
        this.set = set;
        this.secrets = new Secrets(set);
    }

    static List<String> problems(RouteSet set) {
        return new SecretsInUris(set).problems();
    }

    private List<String> problems() {
        look(set.errorHandler(), "deadLetterUri");
        List<RouteDefinition> all = new ArrayList<>(set.routes());
        all.addAll(set.configurations());
        all.addAll(set.templates());
        for (RouteDefinition route : all) {
            if (route.getInput() != null) {
                look(route.getInput().getEndpointUri(), Step.place(route) + ", from");
            }
            look(route.getErrorHandlerFactory(), Step.place(route) + ", deadLetterUri");
            for (Step step : Step.of(route)) {
                step.uri().ifPresent(uri -> look(uri, step.place()));
                if (step.definition() instanceof ExpressionNode expression
                        && expression.getExpression() != null
                        && URI_BY_EXPRESSION.contains(step.definition().getShortName())) {
                    look(expression.getExpression().getExpression(), step.place());
                }
            }
        }
        return problems;
    }

    private void look(ErrorHandlerFactory handler, String place) {
        if (handler instanceof DeadLetterChannelDefinition letters) {
            look(letters.getDeadLetterUri(), place);
        }
    }

    private void look(String written, String place) {
        if (written == null) {
            return;
        }
        // a placeholder may stand for more than a value
        String uri = set.resolve(written);
        if (secrets.hasUser(uri)) {
            problems.add(place + ": its URI holds a user or a secret before the @; set it on the component");
        }
        secrets.options(uri)
                .forEach(name -> problems.add(place + ": option " + name + " is a secret; set it on the component "
                        + "(camel.component.<scheme>." + name + " by the environment), or refer to a bean (#name)"));
    }
}
