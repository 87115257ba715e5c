package io.tapsentinel;

import io.tapsentinel.trial.TestDatabase;
import org.junit.platform.suite.api.AfterSuite;
import org.junit.platform.suite.api.BeforeSuite;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.Suite;

/** The simulated day, and outages of both services, on PostgreSQL. */
@Suite
@SelectClasses({SimulatedDayIT.class, OutagesIT.class})
@IncludeClassNamePatterns(".*IT")
class OnPostgresIT {

    @BeforeSuite
    static void choose() {
        System.setProperty(TestDatabase.OPTION, TestDatabase.POSTGRESQL);
    }

    @AfterSuite
    static void goBack() {
        System.clearProperty(TestDatabase.OPTION);
    }
}
