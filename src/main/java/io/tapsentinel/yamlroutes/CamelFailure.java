package io.tapsentinel.yamlroutes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.TypeConversionException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Describes an exception of Camel in one line, without option values and quoted lines, which may hold secrets. */
final class CamelFailure {

    private static final Pattern OPTION =
            Pattern.compile("([?&])([\\w.-]+)=(RAW\\(.*?\\)(?=&|$)|RAW\\{.*?}(?=&|$)|[^&]*)");
    private static final Pattern PLACEHOLDER = Pattern.compile("Property with key \\[(.*?)]");
    private static final Pattern UNKNOWN_OPTIONS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]", Pattern.DOTALL);
    /** Shorter values are not masked: they are no secrets and would break words. */
    private static final int VALUE = 4;

    private CamelFailure() {}

    static String describe(Throwable failure) {
        return describe(failure, "");
    }

    /** @param uri the endpoint that failed; of its options only the names are shown */
    static String describe(Throwable failure, String uri) {
        List<Throwable> causes = Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .limit(50)
                .toList();
        Throwable root = causes.get(causes.size() - 1);
        Map<String, String> options = options(uri);
        String message = String.valueOf(root.getMessage());
        return placeholder(message)
                .or(() -> first(causes, MarkedYamlEngineException.class).map(CamelFailure::inFile))
                .or(() -> unknown(message, options))
                .or(() -> bean(root, options))
                .or(() ->
                        first(causes, PropertyBindingException.class).map(option -> badValue(option.getPropertyName())))
                .or(() -> first(causes, TypeConversionException.class)
                        .map(value -> badValue(named(String.valueOf(value.getValue()), options))))
                .or(() -> first(causes, NoSuchEndpointException.class).map(CamelFailure::noComponent))
                .orElseGet(() -> plain(root, message, options));
    }

    /** Removes options and user info from the URIs in a text. */
    static String withoutQueries(String text) {
        return text.replaceAll("(\\b[a-z][\\w+.-]*:[^\\s?\\]\"']*)\\?[^\\s\\]\"']*", "$1")
                .replaceAll("(://)[^/@\\s]*@|(\\b[a-z][\\w+.-]*:)[^/?#@\\s:]+:[^/?#@\\s]*@", "$1$2");
    }

    private static Optional<String> placeholder(String message) {
        Matcher key = PLACEHOLDER.matcher(message);
        return key.find()
                ? Optional.of(
                        "unknown placeholder {{" + key.group(1) + "}}; set this property in application.properties")
                : Optional.empty();
    }

    private static String inFile(MarkedYamlEngineException failure) {
        String place = failure.getProblemMark()
                .or(failure::getContextMark)
                .map(mark -> mark.getName() + ", line " + (mark.getLine() + 1) + ": ")
                .orElse("");
        // for a missing closing quote, the context is where the quote starts
        String context = failure.getContext() == null
                ? ""
                : failure.getContext()
                        + failure.getContextMark()
                                .map(mark -> " from line " + (mark.getLine() + 1))
                                .orElse("") + ", ";
        return place + oneLine(context + failure.getProblem());
    }

    private static Optional<String> unknown(String message, Map<String, String> options) {
        Matcher unknown = UNKNOWN_OPTIONS.matcher(message);
        if (!unknown.find()) {
            return Optional.empty();
        }
        // a value may look like another option
        return Optional.of("unknown option "
                + options.keySet().stream()
                        .filter(name -> unknown.group(1).startsWith(name + "=")
                                || unknown.group(1).contains(", " + name + "="))
                        .collect(Collectors.joining(", ")));
    }

    private static Optional<String> bean(Throwable root, Map<String, String> options) {
        if (root instanceof NoSuchBeanException bean && options.containsValue("#" + bean.getName())) {
            return Optional.of("option " + named("#" + bean.getName(), options) + " names a bean that does not exist");
        }
        return Optional.empty();
    }

    private static String named(String value, Map<String, String> options) {
        return options.entrySet().stream()
                .filter(option -> option.getValue().replace('+', ' ').equals(value))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(" or "));
    }

    private static String badValue(String option) {
        return option == null || option.isEmpty()
                ? "one of its options has an invalid value"
                : "option " + option + " has an invalid value";
    }

    private static String noComponent(NoSuchEndpointException failure) {
        return "this program does not include the component " + failure.getUri().replaceAll("(?s):.*", "");
    }

    private static String plain(Throwable root, String message, Map<String, String> options) {
        String text = root.getMessage() == null ? root.getClass().getSimpleName() : message;
        for (String value : options.values()) {
            // some components change the case of a value in their message
            text = value.length() < VALUE
                    ? text
                    : text.replaceAll(
                            "(?i)" + Pattern.quote(value) + "|(?i)" + Pattern.quote(value.replace('+', ' ')), "…");
        }
        return withoutQueries(oneLine(text.replaceAll("(?m)^\\s*\\^\\s*$", "")));
    }

    /** The options of a URI, not decoded. */
    private static Map<String, String> options(String uri) {
        Map<String, String> options = new LinkedHashMap<>();
        Matcher option = OPTION.matcher(uri);
        while (option.find()) {
            options.put(option.group(2), option.group(3));
        }
        return options;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    private static <T extends Throwable> Optional<T> first(List<Throwable> causes, Class<T> type) {
        return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
}
