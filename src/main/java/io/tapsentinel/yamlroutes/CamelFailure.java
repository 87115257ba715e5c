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

/** Camel's exceptions in one line: what is wrong, without values of options and lines of files, which may be secrets. */
final class CamelFailure {

    private static final Pattern OPTION =
            Pattern.compile("([?&])([\\w.-]+)=(RAW\\(.*?\\)(?=&|$)|RAW\\{.*?}(?=&|$)|[^&]*)");
    private static final Pattern PLACEHOLDER = Pattern.compile("Property with key \\[(.*?)]");
    private static final Pattern UNKNOWN_OPTIONS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]", Pattern.DOTALL);
    /** Shorter values would take letters out of words, and are none that have to be kept. */
    private static final int VALUE = 4;

    private CamelFailure() {}

    static String describe(Throwable failure) {
        return describe(failure, "");
    }

    /** @param uri the endpoint that was asked for; nothing of its options is in the answer but their names */
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

    /** A text whose URIs end before their options. */
    static String withoutQueries(String text) {
        return text.replaceAll("(\\b[a-z][\\w+.-]*:[^\\s?\\]\"']*)\\?[^\\s\\]\"']*", "$1")
                .replaceAll("(://)[^/@\\s]*@|(\\b[a-z][\\w+.-]*:)[^/?#@\\s:]+:[^/?#@\\s]*@", "$1$2");
    }

    private static Optional<String> placeholder(String message) {
        Matcher key = PLACEHOLDER.matcher(message);
        return key.find()
                ? Optional.of("there is no property for the placeholder {{" + key.group(1)
                        + "}}; set it in application.properties")
                : Optional.empty();
    }

    private static String inFile(MarkedYamlEngineException failure) {
        String place = failure.getProblemMark()
                .or(failure::getContextMark)
                .map(mark -> mark.getName() + ", line " + (mark.getLine() + 1) + ": ")
                .orElse("");
        // a quote that is never closed began where the context did
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
        // a value may look like one more option
        return Optional.of("unknown option "
                + options.keySet().stream()
                        .filter(name -> unknown.group(1).startsWith(name + "=")
                                || unknown.group(1).contains(", " + name + "="))
                        .collect(Collectors.joining(", ")));
    }

    private static Optional<String> bean(Throwable root, Map<String, String> options) {
        if (root instanceof NoSuchBeanException bean && options.containsValue("#" + bean.getName())) {
            return Optional.of(
                    "option " + named("#" + bean.getName(), options) + " refers to a bean that is not there");
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
                ? "one of its values cannot be one"
                : "option " + option + " cannot have this value";
    }

    private static String noComponent(NoSuchEndpointException failure) {
        return "this program has no component " + failure.getUri().replaceAll("(?s):.*", "");
    }

    private static String plain(Throwable root, String message, Map<String, String> options) {
        String text = root.getMessage() == null ? root.getClass().getSimpleName() : message;
        for (String value : options.values()) {
            // some components change upper and lower case before they complain
            text = value.length() < VALUE
                    ? text
                    : text.replaceAll(
                            "(?i)" + Pattern.quote(value) + "|(?i)" + Pattern.quote(value.replace('+', ' ')), "…");
        }
        return withoutQueries(oneLine(text.replaceAll("(?m)^\\s*\\^\\s*$", "")));
    }

    /** The options of a URI as they stand there. */
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
