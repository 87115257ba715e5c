package io.tapsentinel.routes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.util.SensitiveUtils;
import org.apache.camel.util.URISupport;

/**
 * What in a URI or beside it is a secret: what Camel says of a component's option, hides in its own log or lists as sensitive, the
 * signature of an Azure SAS URL, and a user before the {@code @}. A bean that is referred to ({@code #name}) is none.
 */
final class Secrets {

    private static final String HIDDEN = "xxxxxx";
    /** A user before the host; without slashes only one that has a password, since a folder may have an {@code @} in its name. */
    private static final Pattern USER_INFO = Pattern.compile("(://)[^/?#\\s]*@|(^[\\w+.-]+:)[^/?#@\\s]+:[^/?#\\s]*@");

    private static final Pattern OPTION =
            Pattern.compile("([?&])([\\w.-]+)=(RAW\\(.*?\\)(?=&|$)|RAW\\{.*?}(?=&|$)|[^&]*)");
    private static final Set<String> SIGNATURES = Set.of("sig", "signature");
    private static final Pattern NAME =
            Pattern.compile("(?i).*(auth|api-?key|subscription-?key|token|secret|passw|pwd|cookie|credential|sas).*");

    private final RouteSet set;

    Secrets(RouteSet set) {
        this.set = set;
    }

    /** Whether a user stands before the host. */
    boolean hasUser(String uri) {
        return USER_INFO.matcher(uri).find();
    }

    /** Options that hold a secret, by a placeholder too. */
    List<String> options(String uri) {
        return values(uri).entrySet().stream()
                .filter(option -> isSecret(scheme(uri), option.getKey())
                        && !option.getValue().startsWith("#"))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A URI, or a text with URIs in it, without its secrets. */
    String masked(String text) {
        String scheme = scheme(text);
        String hidden = USER_INFO.matcher(text).replaceAll("$1$2" + HIDDEN + "@");
        return OPTION.matcher(hidden)
                .replaceAll(option -> Matcher.quoteReplacement(
                        isSecret(scheme, option.group(2)) && !option.group(3).startsWith("#")
                                ? option.group(1) + option.group(2) + "=" + HIDDEN
                                : option.group()));
    }

    /** The value of a header, a property or a variable; hidden when its name sounds like a secret. */
    static String masked(String name, String value) {
        return name != null
                        && (SensitiveUtils.containsSensitive(name)
                                || NAME.matcher(name).matches())
                ? HIDDEN
                : value;
    }

    /** The options of a URI as they stand there. */
    static Map<String, String> values(String uri) {
        Map<String, String> values = new LinkedHashMap<>();
        Matcher option = OPTION.matcher(uri);
        while (option.find()) {
            values.put(option.group(2), option.group(3));
        }
        return values;
    }

    private boolean isSecret(String scheme, String option) {
        return set.secretOptions(scheme).contains(option)
                || SensitiveUtils.containsSensitive(option)
                || !URISupport.sanitizeUri("x:x?" + option + "=shown").contains("shown")
                || SIGNATURES.contains(option.toLowerCase(Locale.ROOT));
    }

    private static String scheme(String uri) {
        return uri.replaceAll("(?s):.*", "");
    }
}
