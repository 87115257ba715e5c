package io.tapsentinel.report;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.yamlroutes.RouteContract;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code routes check}: of a folder, or of what the program would run in this directory. */
public final class Routes {

    private Routes() {}

    /**
     * @param folder null for the one in use
     * @throws InvalidSettingException for a folder that is none, and when a check found something
     */
    public static void check(String folder, Map<String, String> properties, PrintStream out) {
        RouteFiles files = folder == null ? RouteFiles.effective(Path.of("")) : RouteFiles.in(Path.of(folder));
        String name = folder != null
                ? folder
                : RouteFiles.areIn(Path.of(RouteFiles.FOLDER)) ? RouteFiles.FOLDER : "the packaged routes";
        if (files.texts().isEmpty()) {
            throw new InvalidSettingException("there is no " + RouteFiles.PATTERN + " file in " + name);
        }
        List<String> problems = RouteContract.check(files, properties);
        problems.forEach(out::println);
        if (!problems.isEmpty()) {
            throw new InvalidSettingException(
                    name + ": " + HumanText.count(problems.size(), "problem") + "; this set would be refused");
        }
        out.println(name + ": " + HumanText.count(files.texts().size(), "file") + ", as they have to be");
    }
}
