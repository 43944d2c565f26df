@echo off
rem The terminal's command, run by the editor's own Node: it need not be installed. The editor sets JIMENG_NODE.
setlocal
set ELECTRON_RUN_AS_NODE=1
if not defined JIMENG_NODE set JIMENG_NODE=node
"%JIMENG_NODE%" "%~dp0..\cli.js" %*
