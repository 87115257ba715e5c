package io.tapsentinel.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.util.SensitiveUtils;
import org.apache.camel.util.URISupport;

/**
 * URIs are logged, shown and exported, so that none may hold a secret, by a placeholder neither. Which options are secrets is what
 * Camel says of the component, hides in its own log and lists as sensitive; the signature of an Azure SAS URL comes on top.
 */
final class SecretsInUris {

    private static final Pattern USER_INFO = Pattern.compile("://[^/?#]*@");
    private static final Set<String> SIGNATURES = Set.of("sig", "signature");
    private static final Set<String> URI_BY_EXPRESSION = Set.of("enrich", "pollEnrich", "recipientList", "routingSlip", "dynamicRouter");

    private final RouteSet set;
    private final List<String> problems = new ArrayList<>();

    private SecretsInUris(RouteSet set) {
        this.set = set;
    }

    static List<String> problems(RouteSet set) {
        return new SecretsInUris(set).problems();
    }

    private List<String> problems() {
        List<RouteDefinition> all = new ArrayList<>(set.routes());
        all.addAll(set.configurations());
        for (RouteDefinition route : set.routes()) {
            look(route.getInput().getEndpointUri(), Step.place(route) + ", from");
            if (route.getErrorHandlerFactory() instanceof DeadLetterChannelDefinition channel) {
                look(channel.getDeadLetterUri(), Step.place(route) + ", deadLetterUri");
            }
        }
        for (RouteDefinition route : all) {
            for (Step step : Step.of(route)) {
                step.uri().ifPresent(uri -> look(uri, step.place()));
                if (step.definition() instanceof ExpressionNode expression && expression.getExpression() != null
                        && URI_BY_EXPRESSION.contains(step.definition().getShortName())) {
                    look(expression.getExpression().getExpression(), step.place());
                }
            }
        }
        return problems;
    }

    private void look(String written, String place) {
        if (written == null) {
            return;
        }
        // a placeholder may stand for more than a value
        String uri = set.resolve(written);
        if (USER_INFO.matcher(uri).find()) {
            problems.add(place + ": its URI holds a user or a secret before the @; set it on the component");
        }
        options(uri).forEach((name, value) -> {
            if (isSecret(uri.replaceAll(":.*", ""), name) && !String.valueOf(value).startsWith("#")) {
                problems.add(place + ": option " + name + " is a secret; set it on the component (camel.component.<scheme>."
                        + name + " by the environment), or refer to a bean (#name)");
            }
        });
    }

    private boolean isSecret(String scheme, String option) {
        return set.secretOptions(scheme).contains(option) || SensitiveUtils.containsSensitive(option)
                || URISupport.sanitizeUri("x:x?" + option + "=shown").indexOf("shown") < 0 || SIGNATURES.contains(option.toLowerCase(Locale.ROOT));
    }

    private static Map<String, Object> options(String uri) {
        int query = uri.indexOf('?');
        try {
            return query < 0 ? Map.of() : URISupport.parseQuery(uri.substring(query + 1), true, true);
        } catch (Exception e) {
            // what cannot be read is refused when the endpoint is made
            return Map.of();
        }
    }
}
